import type { ReactNode } from 'react';

interface TagProps {
  tone: 'good' | 'warn' | 'bad' | 'plain';
  title?: string;
  children: ReactNode;
}

/** A state in a word. */
export function Tag({ tone, title, children }: TagProps) {
  return (
    <span className={`tag ${tone}`} title={title}>
      {children}
    </span>
  );
}
