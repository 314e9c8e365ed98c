export { globalTeardown as default } from './native.js';
