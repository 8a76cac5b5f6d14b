import type { ComponentChildren } from 'preact';

/** What is said where something else would be. */
export function Notice({ title, hint, children }: { title: string; hint?: string; children?: ComponentChildren }) {
  return (
    <section class="notice" role="status">
      <h2>{title}</h2>
      {hint && <p>{hint}</p>}
      {children}
    </section>
  );
}
