import { RefusedError } from '../../domain/failure';
import { StoreWriteError } from '../../domain/ports/store';

/** What cannot be stored is not done: the person learns why. @throws RefusedError instead of StoreWriteError. */
export async function storedOrRefused<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof StoreWriteError) throw new RefusedError({ code: 'STORE_READ_ONLY', reason: error.reason });
    throw error;
  }
}
