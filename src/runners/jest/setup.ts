export { globalSetup as default } from './native.js';
