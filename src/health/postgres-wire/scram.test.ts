import { expect, it } from 'vitest';
import { ScramExchange } from './scram.js';

// The example exchange of RFC 7677, section 3.
const serverFirst = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';
const exchange = () => new ScramExchange('pencil', 'rOprNGfwEbeRWgbNEkqO', 'user');

it('carries out the example of RFC 7677', () => {
  const scram = exchange();
  expect(scram.clientFirst).toBe('n,,n=user,r=rOprNGfwEbeRWgbNEkqO');
  expect(scram.clientFinal(serverFirst)).toBe(
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  );
  expect(scram.verifies('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).toBe(true);
  expect(scram.verifies('v=AAAA')).toBe(false);
});

it('takes no challenge that does not go on with its own nonce', () => {
  expect(exchange().clientFinal(serverFirst.replace('r=rO', 'r=xx'))).toBeUndefined();
  expect(exchange().clientFinal('e=other-error')).toBeUndefined();
});
