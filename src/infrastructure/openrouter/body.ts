/**
 * The text of a body, up to `maxBytes`; the rest is not read. What came before the connection broke is kept.
 * @returns `broken`: what reading failed with.
 */
export async function readText(response: Response, maxBytes: number, onBytes: () => void = () => undefined): Promise<{ readonly text: string; readonly broken?: unknown }> {
  const reader = response.body?.getReader();
  if (!reader) return { text: '' };
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    while (bytes < maxBytes) {
      const { done, value } = await reader.read();
      if (done) return { text: text + decoder.decode() };
      onBytes();
      text += decoder.decode(value.subarray(0, maxBytes - bytes), { stream: true });
      bytes += value.length;
    }
    return { text };
  } catch (error) {
    return { text, broken: error };
  } finally {
    // Nobody waits for it: a body that is not read to its end must not hold the connection.
    reader.cancel().catch(() => undefined);
  }
}
