import { packageVersion, type Trace } from '../model/index.js';

/** What this uses of OpenTelemetry. */
interface Span {
  recordException(error: unknown): void;
  setStatus(status: { readonly code: number; readonly message: string }): void;
  end(): void;
}
interface Tracer {
  startActiveSpan<Result>(name: string, options: { readonly attributes: object }, act: (span: Span) => Result): Result;
}
interface OpenTelemetry {
  readonly trace?: { getTracer(name: string, version: string): Tracer };
}

/** Where every version 1 of `@opentelemetry/api` keeps what the user has registered, for all copies of it in the process. */
const registered = Symbol.for('opentelemetry.js.api.1');

/** The status code of a span that ended with an error. */
const failed = 2;

/**
 * Runs something in a span of the tracer provider that the user has registered with `@opentelemetry/api`; without one, just
 * runs it.
 */
export const trace: Trace = (name, attributes, act) => {
  const { trace: provider } = (globalThis as { [registered]?: OpenTelemetry })[registered] ?? {};
  if (provider === undefined) return act();
  return provider.getTracer('portside', packageVersion()).startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await act();
    } catch (error) {
      span.recordException(error);
      span.setStatus({ code: failed, message: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      span.end();
    }
  });
};
