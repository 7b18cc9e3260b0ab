/**
 * The promise, or a rejection as soon as the signal is aborted. A transport may miss an abort: in Node 20, a body that
 * is wrongly labelled as gzip neither fails nor ends, even after an abort.
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
 * The text of a body, up to `maxBytes`; the rest is not read. Text received before an error is returned.
 * @returns `broken`: the error that ended reading
 */
export async function readText(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
  onBytes: () => void = () => undefined,
): Promise<{ readonly text: string; readonly broken?: unknown }> {
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
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
    // Not awaited. An unread rest must not keep the connection open.
    reader.cancel().catch(() => undefined);
  }
}
