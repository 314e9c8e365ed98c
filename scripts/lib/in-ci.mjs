/** Whether this runs on CI: the services there set `CI` to `true`, or to another value than 0 and false. */
export const inCi = !['', '0', 'false'].includes(process.env['CI'] ?? '');
