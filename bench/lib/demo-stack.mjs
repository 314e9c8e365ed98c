import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

/** The demo stack's Compose file. */
export const demoFile = path('compose/stack.yaml');

/** What the demo stack's file says, for those who start the same containers without reading it. */
export const demo = {
  postgres: {
    image: 'postgres:16-alpine',
    environment: { POSTGRES_USER: 'orders', POSTGRES_PASSWORD: 'orders', POSTGRES_DB: 'orders' },
    dataFolder: '/var/lib/postgresql/data',
    scripts: ['migrations/010_orders.sql', 'migrations/020_order_status.sql', 'seed/900_orders.sql'].map((script) => ({
      source: path(`fixtures/${script}`),
      target: `/docker-entrypoint-initdb.d/${script.split('/')[1]}`,
    })),
  },
  redis: { image: 'redis:7-alpine', command: ['redis-server', '--save', '', '--appendonly', 'no'] },
  api: {
    environment: {
      DATABASE_URL: 'postgres://orders:orders@postgres-primary:5432/orders',
      REDIS_URL: 'redis://cache:6379',
    },
  },
};
