import { describe, expect, it, test } from 'vitest';
import { type Endpoint, endpointOfKind, type PlannedService, type ServiceDefinition } from '../../model/index.js';
import { rewire } from './rewire.js';
import { linkNames, sharedTarget, sliceTarget } from './target.js';
import { Targets } from './targets.js';

interface Parts extends Partial<Omit<ServiceDefinition, 'ports'>> {
  readonly ports?: readonly number[];
  readonly published?: number;
}

function planned(name: string, { ports = [], published, ...definition }: Parts = {}): PlannedService {
  return {
    name,
    definition: {
      name,
      kind: 'http',
      environment: {},
      dependsOn: [],
      mounts: [],
      secrets: [],
      configs: [],
      networks: [],
      aliases: [],
      labels: {},
      replicas: 1,
      container: {},
      ...definition,
      ports: [],
    },
    ports: ports.map((target) => ({
      target,
      protocol: 'tcp',
      policy: 'dynamic',
      ...(published === undefined ? {} : { published }),
    })),
    dependsOn: [],
    readiness: [],
    startOrder: 0,
  };
}

function endpoint(
  kind: Endpoint['kind'],
  host: string,
  ports: Readonly<Record<number, number>>,
  credentials: NonNullable<ServiceDefinition['credentials']> = {},
): Endpoint {
  const bound = Object.entries(ports).map(([target, port]) => ({
    target: Number(target),
    protocol: 'tcp' as const,
    host,
    port,
  }));
  const times = { registeredAt: 0, lastHeartbeat: 0, status: 'healthy' as const, metadata: {} };
  const base = { id: 'x', name: 'x', host, port: bound[0]?.port ?? 0, ports: bound, ...times };
  return endpointOfKind(kind, base, { credentials, protocol: 'tcp' });
}

const services = {
  db: planned('db', { kind: 'postgres', ports: [5432], published: 15_432, aliases: ['orders-postgres'] }),
  cache: planned('cache', { kind: 'redis', ports: [6379] }),
  auth: planned('auth', { ports: [3000, 9000] }),
};
const ownDb = endpoint('postgres', 'db', { 5432: 5432 }, { user: 'app', password: 'secret', database: 'orders' });
const leasedDb = { user: 'lease_1', password: 'p@ss/1', database: 'lease_1' };

/** The leases of one fork: on Docker by network name, embedded by host address. */
function targetsOn(addressing: 'network' | 'host', service = planned('api')): Targets {
  const network = addressing === 'network';
  const slices = {
    db: network
      ? endpoint('postgres', 'db', { 5432: 5432 }, leasedDb)
      : endpoint('postgres', '127.0.0.1', { 5432: 21_001 }, leasedDb),
    cache: network ? endpoint('redis', 'cache-1', { 6379: 6379 }) : endpoint('redis', '127.0.0.1', { 6379: 21_002 }),
    auth: network
      ? endpoint('http', 'auth-1', { 3000: 3000, 9000: 9000 })
      : endpoint('http', '127.0.0.1', { 3000: 21_003, 9000: 21_004 }),
  };
  const owns = { db: ownDb, cache: endpoint('redis', 'cache', { 6379: 6379 }), auth: undefined };
  const names = ['db', 'cache', 'auth'] as const;
  return new Targets(
    names.map((name) =>
      sliceTarget({
        planned: services[name],
        links: linkNames(service, name),
        own: owns[name],
        slice: slices[name],
        addressing,
      }),
    ),
  );
}

const environmentOn = (addressing: 'network' | 'host', environment: Record<string, string>) =>
  rewire(planned('api', { environment }).definition, targetsOn(addressing), addressing).definition.environment;

const unchanged = (environment: Record<string, string>) => [environment, environment] as const;

/** What the variables become on Docker; a value that is not listed stays. */
const forms: Readonly<Record<string, readonly [Record<string, string>, Record<string, string>]>> = {
  'a Postgres URL': [
    { DATABASE_URL: 'postgres://app:secret@db:5432/orders?sslmode=disable' },
    { DATABASE_URL: 'postgres://lease_1:p%40ss%2F1@db:5432/lease_1?sslmode=disable' },
  ],
  'a URL by the container name, without port and database': [
    { DB: 'postgresql://app:secret@orders-postgres' },
    { DB: 'postgresql://lease_1:p%40ss%2F1@db/lease_1' },
  ],
  'a URL without login': [
    { DB_URL: 'postgresql://db/orders' },
    { DB_URL: 'postgresql://lease_1:p%40ss%2F1@db/lease_1' },
  ],
  'a URL of a library': [
    { SQLALCHEMY_DATABASE_URI: 'postgresql+asyncpg://app:s%40crt@db:5432/orders' },
    { SQLALCHEMY_DATABASE_URI: 'postgresql+asyncpg://lease_1:p%40ss%2F1@db:5432/lease_1' },
  ],
  'Prisma’s schema in a URL': [
    { DATABASE_URL: 'postgresql://app:secret@db:5432/orders?schema=public&connection_limit=5' },
    { DATABASE_URL: 'postgresql://lease_1:p%40ss%2F1@db:5432/lease_1?schema=public&connection_limit=5' },
  ],
  'a URL with its host in the query': [
    { DSN: 'postgresql:///orders?host=db&port=5432&user=app&password=secret' },
    { DSN: 'postgresql:///lease_1?host=db&port=5432&user=lease_1&password=p%40ss%2F1' },
  ],
  'a URL by the published port': [
    { DATABASE_URL: 'postgres://app:secret@host.docker.internal:15432/orders' },
    { DATABASE_URL: 'postgres://lease_1:p%40ss%2F1@db:5432/lease_1' },
  ],
  'a URL with several hosts': [
    { DATABASE_URL: 'postgres://app:secret@db:5432,standby:5432/orders' },
    { DATABASE_URL: 'postgres://lease_1:p%40ss%2F1@db:5432,standby:5432/lease_1' },
  ],
  'a JDBC URL with login variables (Spring)': [
    {
      SPRING_DATASOURCE_URL: 'jdbc:postgresql://db:5432/orders',
      SPRING_DATASOURCE_USERNAME: 'app',
      SPRING_DATASOURCE_PASSWORD: 'secret',
    },
    {
      SPRING_DATASOURCE_URL: 'jdbc:postgresql://db:5432/lease_1',
      SPRING_DATASOURCE_USERNAME: 'lease_1',
      SPRING_DATASOURCE_PASSWORD: 'p@ss/1',
    },
  ],
  'a JDBC URL with login variables of a shorter prefix (Quarkus)': [
    {
      QUARKUS_DATASOURCE_JDBC_URL: 'jdbc:postgresql://db/orders',
      QUARKUS_DATASOURCE_USERNAME: 'app',
      QUARKUS_DATASOURCE_PASSWORD: 'secret',
    },
    {
      QUARKUS_DATASOURCE_JDBC_URL: 'jdbc:postgresql://db/lease_1',
      QUARKUS_DATASOURCE_USERNAME: 'lease_1',
      QUARKUS_DATASOURCE_PASSWORD: 'p@ss/1',
    },
  ],
  'a JDBC URL with the login in it, and one without any': [
    { A: 'jdbc:postgresql://db/orders?user=app&password=secret&ssl=false', B: 'jdbc:postgresql://db/orders' },
    {
      A: 'jdbc:postgresql://db/lease_1?user=lease_1&password=p%40ss%2F1&ssl=false',
      B: 'jdbc:postgresql://db/lease_1?user=lease_1&password=p%40ss%2F1',
    },
  ],
  'the variables of libpq': [
    { PGHOST: 'db', PGPORT: '5432', PGUSER: 'app', PGPASSWORD: 'secret', PGDATABASE: 'orders', PGSSLMODE: 'disable' },
    { PGHOST: 'db', PGPORT: '5432', PGUSER: 'lease_1', PGPASSWORD: 'p@ss/1', PGDATABASE: 'lease_1' },
  ],
  'the host alone, for libpq': [
    { PGHOST: 'db' },
    { PGHOST: 'db', PGUSER: 'lease_1', PGPASSWORD: 'p@ss/1', PGDATABASE: 'lease_1' },
  ],
  'variables with one prefix': [
    { DB_HOST: 'db', DB_PORT: '5432', DB_USER: 'app', DB_PASSWORD: 'secret', DB_NAME: 'orders', DB_POOL: '5' },
    { DB_USER: 'lease_1', DB_PASSWORD: 'p@ss/1', DB_NAME: 'lease_1' },
  ],
  'variables as Laravel names them': [
    { DB_CONNECTION: 'pgsql', DB_HOST: 'db', DB_DATABASE: 'orders', DB_USERNAME: 'app', DB_PASSWORD: 'secret' },
    { DB_DATABASE: 'lease_1', DB_USERNAME: 'lease_1', DB_PASSWORD: 'p@ss/1' },
  ],
  'a role of its own next to the host': [
    { DB_HOST: 'db', DB_USER: 'reader', DB_PASS: 'other' },
    { DB_USER: 'lease_1', DB_PASS: 'p@ss/1' },
  ],
  'the image’s variables': [
    { POSTGRES_HOST: 'db', POSTGRES_USER: 'app', POSTGRES_PASSWORD: 'secret', POSTGRES_DB: 'orders' },
    { POSTGRES_USER: 'lease_1', POSTGRES_PASSWORD: 'p@ss/1', POSTGRES_DB: 'lease_1' },
  ],
  'a host under one prefix and the login under a usual other one': [
    {
      DB_HOST: 'db',
      POSTGRES_USER: 'app',
      POSTGRES_PASSWORD: 'secret',
      POSTGRES_DB: 'orders',
      ADMIN_PASSWORD: 'secret',
    },
    { POSTGRES_USER: 'lease_1', POSTGRES_PASSWORD: 'p@ss/1', POSTGRES_DB: 'lease_1' },
  ],
  'Keycloak’s variables': [
    {
      KC_DB: 'postgres',
      KC_DB_URL_HOST: 'db',
      KC_DB_URL_DATABASE: 'orders',
      KC_DB_USERNAME: 'app',
      KC_DB_PASSWORD: 'x',
    },
    { KC_DB_URL_DATABASE: 'lease_1', KC_DB_USERNAME: 'lease_1', KC_DB_PASSWORD: 'p@ss/1' },
  ],
  'names with two underscores (.NET)': [
    { Orders__Db__Host: 'db', Orders__Db__Port: '5432', Orders__Db__Username: 'app', Orders__Db__Password: 'secret' },
    { Orders__Db__Username: 'lease_1', Orders__Db__Password: 'p@ss/1' },
  ],
  'names in camel case': [
    { dbHost: 'db', dbUser: 'app', dbPassword: 'secret', dbName: 'orders' },
    { dbUser: 'lease_1', dbPassword: 'p@ss/1', dbName: 'lease_1' },
  ],
  'a connection string of libpq': [
    { DSN: "host=db port=5432 user=app password='secret' dbname=orders sslmode=disable" },
    { DSN: 'host=db port=5432 user=lease_1 password=p@ss/1 dbname=lease_1 sslmode=disable' },
  ],
  'a connection string without a login': [
    { DSN: 'host=db dbname=orders' },
    { DSN: 'host=db dbname=lease_1 user=lease_1 password=p@ss/1' },
  ],
  'a connection string of .NET': [
    { ConnectionStrings__Orders: 'Host=db;Port=5432;Username=app;Password=secret;Database=orders;Pooling=true' },
    { ConnectionStrings__Orders: 'Host=db;Port=5432;Username=lease_1;Password=p@ss/1;Database=lease_1;Pooling=true' },
  ],
  JSON: [
    { NODE_CONFIG: '{"db":{"host":"db","port":5432,"user":"app","password":"secret","database":"orders"},"n":1}' },
    {
      NODE_CONFIG: '{"db":{"host":"db","port":5432,"user":"lease_1","password":"p@ss/1","database":"lease_1"},"n":1}',
    },
  ],
  'a Redis URL, whose database stays': [{ REDIS_URL: 'redis://cache:6379/2' }, { REDIS_URL: 'redis://cache-1:6379/2' }],
  'Redis with a scheme of its own': [
    { CELERY_BROKER_URL: 'redis://cache/0' },
    { CELERY_BROKER_URL: 'redis://cache-1/0' },
  ],
  'Redis by host and port': [{ REDIS_HOST: 'cache', REDIS_PORT: '6379' }, { REDIS_HOST: 'cache-1' }],
  'host and port in one': [
    { REDIS_ADDR: 'cache:6379', A: 'tcp://cache:6379' },
    { REDIS_ADDR: 'cache-1:6379', A: 'tcp://cache-1:6379' },
  ],
  'other services': [
    { AUTH_URL: 'http://auth:3000/login?next=/', ADMIN: 'https://AUTH:9000', AUTH_HOST: 'auth', WS: 'ws://auth:3000' },
    {
      AUTH_URL: 'http://auth-1:3000/login?next=/',
      ADMIN: 'https://auth-1:9000',
      AUTH_HOST: 'auth-1',
      WS: 'ws://auth-1:3000',
    },
  ],
  'a port that nobody declared': [{ METRICS: 'http://auth:9999/m' }, { METRICS: 'http://auth-1:9999/m' }],
  lists: [
    { HOSTS: 'cache,auth other', NODES: 'cache:6379, auth:3000;elsewhere:1', URLS: 'http://auth:3000,redis://cache' },
    {
      HOSTS: 'cache-1,auth-1 other',
      NODES: 'cache-1:6379, auth-1:3000;elsewhere:1',
      URLS: 'http://auth-1:3000,redis://cache-1',
    },
  ],
  'a URL within a URL': [
    { PROXY: 'http://proxy/?to=http://auth:3000' },
    { PROXY: 'http://proxy/?to=http://auth-1:3000' },
  ],
  'a list in JSON, with values that are none of its business': [
    { C: '["redis://cache",1,null,{"url":"http://auth:3000"}]', D: '"redis://cache"', E: '{"a":1}' },
    { C: '["redis://cache-1",1,null,{"url":"http://auth-1:3000"}]', D: '"redis://cache-1"' },
  ],
  'an address as Go’s driver of MySQL takes it': [
    { A: 'app:secret@tcp(db:5432)/orders?x=1', B: 'tcp(db)/orders', C: 'app@tcp(elsewhere:1)/x' },
    { A: 'lease_1:p@ss/1@tcp(db:5432)/lease_1?x=1', B: 'lease_1:p@ss/1@tcp(db:5432)/lease_1' },
  ],
  'keys and values that name no host': unchanged({
    A: 'port=5432 dbname=orders',
    B: 'Port=5432;Database=orders',
    C: 'host=elsewhere dbname=orders',
    D: 'postgresql:///orders?host=%zz',
    E: '{"broken":',
  }),
  'a connection string of .NET without a login, and with one in quotes': [
    { A: 'Host=db;Database=orders;', B: 'Server="db";User Id="app";Pwd=secret' },
    {
      A: 'Host=db;Database=lease_1;Username=lease_1;Password=p@ss/1',
      B: 'Server=db;User Id=lease_1;Pwd=p@ss/1;Database=lease_1',
    },
  ],
  'what names no host': unchanged({
    DB_TYPE: 'db',
    DB_CLIENT: 'postgres',
    NAME: 'auth',
    OTEL_SERVICE_NAME: 'auth',
    TEXT: 'the cache and the db',
    PASSWORD: 'secret',
    PORT: '5432',
    USER: 'app',
    IMAGE: 'registry/db:5432-x',
    EMPTY: '',
  }),
  'hosts that only look like a service': unchanged({
    A: 'http://auth.example.com:3000',
    B: 'postgres://app:secret@my-db:5432/orders',
    C: 'db2:5432',
    D: 'http://example.com/auth:3000',
    E: 'redis://user:db@elsewhere:6379',
    F: 'my.cache:6379',
    G: 'http://localhost:5432',
  }),
};

describe('rewire, on Docker', () => {
  for (const [name, [before, changes]] of Object.entries(forms)) {
    it(`understands ${name}`, () => {
      expect(environmentOn('network', before)).toEqual({ ...before, ...changes });
    });
  }

  it('leaves the login of a management page alone', () => {
    expect(environmentOn('network', { HEALTH: 'http://admin:x@db:5432/health' })).toEqual({
      HEALTH: 'http://admin:x@db:5432/health',
    });
  });

  it('knows a service by the name that a link gives it', () => {
    const api = planned('api', { environment: { DB_HOST: 'database' }, container: { links: ['db:database'] } });
    const { definition } = rewire(api.definition, targetsOn('network', api), 'network');
    expect(definition.environment).toEqual({ DB_HOST: 'db' });
  });
});

describe('rewire, embedded', () => {
  it.each([
    [
      { DATABASE_URL: 'postgres://app:secret@db/orders' },
      { DATABASE_URL: 'postgres://lease_1:p%40ss%2F1@127.0.0.1:21001/lease_1' },
    ],
    [
      { PGHOST: 'db', PGPORT: '5432' },
      { PGHOST: '127.0.0.1', PGPORT: '21001', PGUSER: 'lease_1', PGPASSWORD: 'p@ss/1', PGDATABASE: 'lease_1' },
    ],
    [{ DB_HOST: 'db' }, { DB_HOST: '127.0.0.1', DB_PORT: '21001' }],
    [{ dbHost: 'db' }, { dbHost: '127.0.0.1', dbPort: '21001' }],
    [
      { REDIS_URL: 'redis://cache', R: 'cache:6379' },
      { REDIS_URL: 'redis://127.0.0.1:21002', R: '127.0.0.1:21002' },
    ],
    [
      { AUTH: 'http://auth:9000/x', AUTH_HOST: 'auth', AUTH_PORT: '9000' },
      { AUTH: 'http://127.0.0.1:21004/x', AUTH_HOST: '127.0.0.1', AUTH_PORT: '21004' },
    ],
    [
      { DSN: 'host=db dbname=orders' },
      { DSN: 'host=127.0.0.1 dbname=lease_1 port=21001 user=lease_1 password=p@ss/1' },
    ],
    [{ C: '{"host":"cache"}' }, { C: '{"host":"127.0.0.1","port":21002}' }],
  ])('gives real ports: %j', (before, after) => {
    expect(environmentOn('host', before as Record<string, string>)).toEqual(after);
  });

  it('leaves a port that nobody declared to the runtime', () => {
    expect(environmentOn('host', { METRICS: 'http://auth:9999' })).toEqual({ METRICS: 'http://auth:9999' });
  });

  it('rewrites what only the program of the host gets, and its command', () => {
    const { definition, replaced } = rewire(
      planned('api', {
        environment: { DB_HOST: 'db', REDIS_URL: 'redis://cache' },
        embedded: { command: ['node', 'x.js', '--auth=http://auth:3000'], cwd: '/', environment: { DB_USER: 'app' } },
      }).definition,
      targetsOn('host'),
      'host',
    );
    expect(definition.embedded).toEqual({
      command: ['node', 'x.js', '--auth=http://127.0.0.1:21003'],
      cwd: '/',
      environment: { DB_USER: 'lease_1' },
    });
    expect(definition.environment).toMatchObject({ DB_HOST: '127.0.0.1', REDIS_URL: 'redis://127.0.0.1:21002' });
    expect(replaced).toEqual(['DB_HOST', 'REDIS_URL', 'DB_USER', 'DB_PORT', 'embedded.command']);
  });
});

test.each<readonly [readonly string[], readonly string[]]>([
  [
    ['node', 'app.js', '--db-host=db', '--db-user', 'app', '--db-name', 'orders'],
    ['node', 'app.js', '--db-host=127.0.0.1', '--db-user', 'lease_1', '--db-name', 'lease_1'],
  ],
  [
    ['psql', '-h', 'db', '-p', '5432', '-U', 'app', '-d', 'orders'],
    ['psql', '-h', '127.0.0.1', '-p', '21001', '-U', 'lease_1', '-d', 'lease_1'],
  ],
  [
    ['sh', '-c', 'wait-for db:5432 -- nc -z cache 6379 && exec node app.js --redis redis://cache'],
    [
      'sh',
      '-c',
      'wait-for 127.0.0.1:21001 -- nc -z 127.0.0.1 21002 && exec node app.js --redis redis://127.0.0.1:21002',
    ],
  ],
  [
    ['wait-for-it', 'db', '5432'],
    ['wait-for-it', '127.0.0.1', '21001'],
  ],
  [
    ['sh', '-c', 'DATABASE_URL=postgres://app:secret@db/orders npm start'],
    ['sh', '-c', 'DATABASE_URL=postgres://lease_1:p%40ss%2F1@127.0.0.1:21001/lease_1 npm start'],
  ],
  [
    ['java', '-Dspring.datasource.url=jdbc:postgresql://db/orders', '-Dspring.datasource.username=app', '-jar', 'x'],
    [
      'java',
      '-Dspring.datasource.url=jdbc:postgresql://127.0.0.1:21001/lease_1',
      '-Dspring.datasource.username=lease_1',
      '-jar',
      'x',
    ],
  ],
  [
    ['migrate', 'host=db dbname=orders'],
    ['migrate', 'host=127.0.0.1 dbname=lease_1 port=21001 user=lease_1 password=p@ss/1'],
  ],
  [
    ['node', 'db', '--port', '8080', 'auth', 'cache.js'],
    ['node', 'db', '--port', '8080', 'auth', 'cache.js'],
  ],
])('rewire reads the words of a command: %j', (command, expected) => {
  const { definition } = rewire(planned('api', { command }).definition, targetsOn('host'), 'host');
  expect(definition.command).toEqual(expected);
});

test('rewire gives a leased Redis with a login of its own where URL, list or variables say the old one', () => {
  const own = endpoint('redis', 'cache', { 6379: 6379 }, { password: 'old' });
  const slice = endpoint('redis', 'cache', { 6379: 6379 }, { user: 'u1', password: 'n/w', database: '5' });
  const targets = new Targets([sliceTarget({ planned: services.cache, own, slice, addressing: 'network' })]);
  const environment = {
    REDIS_URL: 'redis://:old@cache:6379',
    SIDEKIQ: 'redis://cache/1',
    REDIS: 'cache:6379,password=old,ssl=false,defaultDatabase=1',
    Q_REDIS_HOST: 'cache',
    Q_REDIS_PASSWORD: 'old',
    Q_REDIS_DB: '0',
  };
  expect(rewire(planned('api', { environment }).definition, targets, 'network').definition.environment).toEqual({
    REDIS_URL: 'redis://u1:n%2Fw@cache:6379/5',
    SIDEKIQ: 'redis://u1:n%2Fw@cache/5',
    REDIS: 'cache:6379,password=n/w,ssl=false,defaultDatabase=5,user=u1',
    Q_REDIS_HOST: 'cache',
    Q_REDIS_PASSWORD: 'n/w',
    Q_REDIS_DB: '5',
  });
});

test('rewire gives the login of a server of another kind, by the names of its protocol', () => {
  const store = planned('store', { kind: 'tcp', ports: [3306] });
  const withLogin = (login: ServiceDefinition['credentials']) => ({
    ...endpoint('tcp', 'store', { 3306: 3306 }, login),
    protocol: 'mysql',
  });
  const own = withLogin({ user: 'app', password: 'old', database: 'orders' });
  const slice = withLogin({ user: 'lease_1', password: 'new', database: 'lease_1' });
  const targets = new Targets([sliceTarget({ planned: store, own, slice, addressing: 'network' })]);
  const environment = {
    DATABASE_URL: 'mysql://app:old@store:3306/orders',
    RAILS: 'mysql2://app:old@store/orders',
    JDBC: 'jdbc:mariadb://store:3306/orders?user=app&password=old',
    GO: 'app:old@tcp(store:3306)/orders?parseTime=true',
    NET: 'Server=store;Port=3306;Database=orders;Uid=app;Pwd=old',
    WORDPRESS_DB_HOST: 'store',
    WORDPRESS_DB_USER: 'app',
    WORDPRESS_DB_PASSWORD: 'old',
    WORDPRESS_DB_NAME: 'orders',
    MYSQL_PASSWORD: 'old',
    ADMIN: 'http://app:old@store:3306/orders',
  };
  expect(rewire(planned('api', { environment }).definition, targets, 'network').definition.environment).toEqual({
    DATABASE_URL: 'mysql://lease_1:new@store:3306/lease_1',
    RAILS: 'mysql2://lease_1:new@store/lease_1',
    JDBC: 'jdbc:mariadb://store:3306/lease_1?user=lease_1&password=new',
    GO: 'lease_1:new@tcp(store:3306)/lease_1?parseTime=true',
    NET: 'Server=store;Port=3306;Database=lease_1;Uid=lease_1;Pwd=new',
    WORDPRESS_DB_HOST: 'store',
    WORDPRESS_DB_USER: 'lease_1',
    WORDPRESS_DB_PASSWORD: 'new',
    WORDPRESS_DB_NAME: 'lease_1',
    MYSQL_PASSWORD: 'new',
    ADMIN: 'http://app:old@store:3306/orders',
  });
});

test('rewire gives a secret another content where a variable names its path in the place of the password', () => {
  const environment = {
    DB_HOST: 'db',
    DB_PASSWORD_FILE: '/run/secrets/db',
    DB_USER: 'app',
    OTHER: '/run/secrets/other',
  };
  const grant = (name: string) => ({ source: name, target: `/run/secrets/${name}` });
  const secrets = [grant('db'), grant('other')];
  const { definition, replaced } = rewire(
    planned('api', { environment, secrets }).definition,
    targetsOn('network'),
    'network',
  );
  expect(definition.environment).toEqual({ ...environment, DB_USER: 'lease_1' });
  expect(definition.secrets).toEqual([{ ...grant('db'), content: 'p@ss/1' }, grant('other')]);
  expect(replaced).toEqual(['DB_USER', '/run/secrets/db']);
});

describe('rewire, where variables of two databases name the same secret', () => {
  const own = (host: string) => endpoint('postgres', host, { 5432: 5432 }, { user: 'app', password: 'same' });
  const pair = ['orders', 'users'].map((name) => {
    const slice = endpoint('postgres', name, { 5432: 5432 }, { user: `lease_${name}`, password: `of ${name}` });
    const service = planned(name, { kind: 'postgres', ports: [5432] });
    return sliceTarget({ planned: service, own: own(name), slice, addressing: 'network' });
  });
  const environment = {
    ORDERS_DB_HOST: 'orders',
    ORDERS_DB_PASSWORD_FILE: '/run/secrets/db',
    USERS_DB_HOST: 'users',
    USERS_DB_PASSWORD_FILE: '/run/secrets/db',
  };
  const grant = { source: 'db', target: '/run/secrets/db', mode: 0o400 };

  it('gives the second a file of its own', () => {
    const secrets = [grant, { ...grant, target: '/run/secrets/db-2' }];
    const { definition, replaced } = rewire(
      planned('api', { environment, secrets }).definition,
      new Targets(pair),
      'network',
    );
    expect(definition.environment).toEqual({ ...environment, USERS_DB_PASSWORD_FILE: '/run/secrets/db-3' });
    expect(definition.secrets).toEqual([
      { ...grant, content: 'of orders' },
      { ...grant, target: '/run/secrets/db-3', content: 'of users' },
      secrets[1],
    ]);
    expect(replaced).toEqual(['USERS_DB_PASSWORD_FILE', '/run/secrets/db', '/run/secrets/db-3']);
  });

  it('also when they are in JSON', () => {
    const json = (one: string, other: string) =>
      JSON.stringify({
        orders: { dbHost: 'orders', dbPasswordFile: one },
        users: { dbHost: 'users', dbPasswordFile: other },
      });
    const parts = { environment: { DBS: json('/run/secrets/db', '/run/secrets/db') }, secrets: [grant] };
    const { definition } = rewire(planned('api', parts).definition, new Targets(pair), 'network');
    expect(definition.environment).toEqual({ DBS: json('/run/secrets/db', '/run/secrets/db-2') });
    expect(definition.secrets.map(({ target, content }) => [target, content])).toEqual([
      ['/run/secrets/db', 'of orders'],
      ['/run/secrets/db-2', 'of users'],
    ]);
  });

  it('leaves the path of a file that portside does not put there', () => {
    const { definition } = rewire(planned('api', { environment }).definition, new Targets(pair), 'network');
    expect(definition.environment).toEqual(environment);
  });
});

test('rewire keeps login and database where the slice is a server of its own', () => {
  const slice = endpoint('postgres', 'db-1', { 5432: 5432 }, { user: 'app', password: 'secret', database: 'orders' });
  const targets = new Targets([sliceTarget({ planned: services.db, own: ownDb, slice, addressing: 'network' })]);
  const environment = { A: 'postgres://reader:x@db/analytics', DB_HOST: 'db', DB_USER: 'reader', DB_NAME: 'analytics' };
  expect(rewire(planned('api', { environment }).definition, targets, 'network').definition.environment).toEqual({
    ...environment,
    A: 'postgres://reader:x@db-1/analytics',
    DB_HOST: 'db-1',
  });
});

test('a target that is only found has the address of its service', () => {
  expect(sharedTarget(services.auth).address(9000)).toEqual({ host: 'auth', port: 9000 });
});
