/**
 * The promise, or a rejection as soon as the signal is aborted. A transport may miss an abort: in Node 20 the body
 * of an answer that claims to be gzip and is not neither fails nor ends, not even when it is aborted.
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/**
 * The text of a body, up to `maxBytes`; the rest is not read. What came before the connection broke is kept.
 * @returns `broken`: what reading failed with.
 */
export async function readText(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
  onBytes: () => void = () => undefined,
): Promise<{ readonly text: string; readonly broken?: unknown }> {
  const reader = response.body?.getReader();
  if (!reader) return { text: '' };
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    while (bytes < maxBytes) {
      const { done, value } = await unlessAborted(reader.read(), signal);
      if (done) return { text: text + decoder.decode() };
      onBytes();
      text += decoder.decode(value.subarray(0, maxBytes - bytes), { stream: true });
      bytes += value.length;
    }
    return { text };
  } catch (error) {
    return { text, broken: error };
  } finally {
    // Not awaited. A body that is not read to its end must not keep the connection open.
    reader.cancel().catch(() => undefined);
  }
}
