import { trace as api } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterEach, describe, expect, it } from 'vitest';
import { trace } from './trace.js';

afterEach(() => api.disable());

function exporter(): InMemorySpanExporter {
  const spans = new InMemorySpanExporter();
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).register();
  return spans;
}

describe('trace', () => {
  it('just runs what it is given where nobody has registered OpenTelemetry', async () => {
    expect(await trace('portside.start', {}, async () => 7)).toBe(7);
  });

  it('makes spans with names and attributes, one inside the other', async () => {
    const spans = exporter();
    await trace('portside.start', { 'portside.project': 'shop' }, () =>
      trace('portside.ready', { 'portside.service': 'cache' }, async () => undefined),
    );
    const [inner, outer] = spans.getFinishedSpans();
    expect([inner?.name, inner?.attributes]).toEqual(['portside.ready', { 'portside.service': 'cache' }]);
    expect([outer?.name, outer?.attributes]).toEqual(['portside.start', { 'portside.project': 'shop' }]);
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
    expect(outer?.instrumentationScope.name).toBe('portside');
  });

  it('ends the span of what fails with the failure, and passes that on', async () => {
    const spans = exporter();
    const failure = new Error('no luck');
    await expect(trace('portside.lease', {}, () => Promise.reject(failure))).rejects.toBe(failure);
    const [span] = spans.getFinishedSpans();
    expect(span?.status).toEqual({ code: 2, message: 'no luck' });
    expect(span?.events[0]?.attributes).toMatchObject({ 'exception.message': 'no luck' });
  });
});
