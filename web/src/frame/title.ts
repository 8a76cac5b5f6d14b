import { useEffect } from 'preact/hooks';
import { text } from '../language/en.ts';

/** Names the page in the title of the window. */
export function useTitle(page: string | undefined): void {
  useEffect(() => {
    document.title = page ? text.title(page) : text.brand;
  }, [page]);
}
