import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { text } from '../language/en.ts';
import { serverRoot } from '../server/client.ts';
import { Fault } from './fault.tsx';
import { Icon } from './icons.tsx';
import { address, Link } from './router.tsx';
import { openSession, session, signOutEverywhere } from './session.ts';
import { Toasts } from './toasts.tsx';

function AccountMenu() {
  const [isOpen, setOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  const who = session.value;
  useEffect(() => {
    if (!isOpen) return;
    const close = (event: Event) => {
      if (event instanceof KeyboardEvent ? event.key === 'Escape' : !menu.current?.contains(event.target as Node))
        setOpen(false);
    };
    addEventListener('keydown', close);
    addEventListener('pointerdown', close);
    return () => {
      removeEventListener('keydown', close);
      removeEventListener('pointerdown', close);
    };
  }, [isOpen]);
  return (
    <div class="menu" ref={menu}>
      <button
        type="button"
        class="bare"
        aria-label={text.frame.menu}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="person" />
      </button>
      {isOpen && (
        <div class="menu-list">
          <p>
            {text.frame.signedInAs} <b>{who?.email ?? who?.name ?? who?.sub}</b>
          </p>
          <a href={`${serverRoot}/realms/public/change-password`}>{text.frame.changePassword}</a>
          <a href={`${serverRoot}/realms/public/account`}>{text.frame.signOut}</a>
          <button type="button" class="bare" onClick={() => void signOutEverywhere()}>
            {text.frame.signOutEverywhere}
          </button>
        </div>
      )}
    </div>
  );
}

function Place({ to, begins, label }: { to: string; begins: string; label: string }) {
  const { path } = address.value;
  const isHere = begins === '' ? path === '' || path.startsWith('projects/') : path.startsWith(begins);
  return (
    <Link to={to} aria-current={isHere ? 'page' : undefined}>
      {label}
    </Link>
  );
}

/** What is around every page; the page itself waits until it is known who is signed in. */
export function Frame({ children }: { children: ComponentChildren }) {
  const [fault, setFault] = useState<string>();
  const open = () => void openSession().then(setFault);
  useEffect(open, []);
  return (
    <>
      <a
        class="skip"
        href="#content"
        onClick={(event) => (event.preventDefault(), document.getElementById('content')?.focus())}
      >
        {text.skip}
      </a>
      <header class="bar">
        <Link to="" class="brand">
          <Icon name="logo" size={26} />
          {text.brand}
        </Link>
        <nav aria-label={text.frame.places}>
          <Place to="" begins="" label={text.frame.projects} />
          <Place to="organization/usage" begins="organization/" label={text.frame.organization} />
        </nav>
        {session.value && <AccountMenu />}
      </header>
      <main id="content" tabIndex={-1}>
        {session.value ? (
          children
        ) : fault ? (
          <Fault sentence={fault} again={open} />
        ) : (
          <p class="loading">{text.loading}</p>
        )}
      </main>
      <Toasts />
    </>
  );
}
