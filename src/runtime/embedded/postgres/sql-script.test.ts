import { describe, expect, it } from 'vitest';
import { readScript } from './sql-script.js';

const statements = (text: string) =>
  [...readScript(text)].map((step) => (step.type === 'statement' ? step.sql : `\\${step.name} ${step.args}`));

describe('readScript', () => {
  it('splits at semicolons and says the line of each statement', () => {
    expect([...readScript('-- first\nSELECT 1;\n\n\n  SELECT\n 2;\nSELECT 3')]).toEqual([
      { type: 'statement', sql: 'SELECT 1;', line: 2 },
      { type: 'statement', sql: 'SELECT\n 2;', line: 5 },
      { type: 'statement', sql: 'SELECT 3', line: 7 },
    ]);
  });

  it.each([
    "SELECT ';', 'it''s; fine', E'\\'; \\\\';",
    'SELECT 1 AS "a;""b";',
    'SELECT $$;$$, $tag$ $$ ; $tag$;',
    'SELECT 1 /* ; /* nested; */ ; */ + 1;',
    'SELECT 1 -- ;\n + 1;',
    'CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO u VALUES (1); INSERT INTO u VALUES (2));',
    'CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 0 THEN 1 ELSE 2 END; SELECT 1; END;',
    'CREATE OR REPLACE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC DELETE FROM t; END;',
    'CREATE TABLE a$b$c (x int);',
    'CREATE FUNCTION g() RETURNS trigger AS $$ BEGIN NEW.x := 1; RETURN NEW; END; $$ LANGUAGE plpgsql;',
  ])('keeps in one piece %j', (sql) => {
    expect(statements(`${sql}\nSELECT 'next';`)).toEqual([sql, "SELECT 'next';"]);
  });

  it('ends a transaction block begun with BEGIN at each semicolon', () => {
    expect(statements('BEGIN; INSERT INTO t VALUES (1); END;')).toEqual([
      'BEGIN;',
      'INSERT INTO t VALUES (1);',
      'END;',
    ]);
  });

  it('gives the data of COPY FROM STDIN', () => {
    const script = 'COPY t (a, b) FROM stdin;\n1\tone;\n2\t\\N\n\\.\n\nSELECT 1;\nCOPY u FROM STDIN;\n\\.\n';
    expect([...readScript(script)]).toEqual([
      { type: 'statement', sql: 'COPY t (a, b) FROM stdin;', line: 1, copyData: '1\tone;\n2\t\\N\n' },
      { type: 'statement', sql: 'SELECT 1;', line: 6 },
      { type: 'statement', sql: 'COPY u FROM STDIN;', line: 7, copyData: '' },
    ]);
  });

  it('gives the commands of psql, with what stood before them', () => {
    expect([...readScript("\\connect orders app\nSELECT 'CREATE DATABASE x'\nWHERE true\\gexec\n")]).toEqual([
      { type: 'command', name: 'connect', args: 'orders app', query: '', line: 1 },
      { type: 'command', name: 'gexec', args: '', query: "SELECT 'CREATE DATABASE x'\nWHERE true", line: 3 },
    ]);
  });

  it('finds nothing in a script of comments and semicolons', () => {
    expect(statements('\uFEFF-- nothing\r\n;;\n/* here */ ;')).toEqual([]);
  });

  it('takes time in proportion to the length of the script', () => {
    const script = "INSERT INTO t VALUES ('x;y', $$z$$);\n".repeat(50_000);
    expect([...readScript(script)]).toHaveLength(50_000);
  });
});
