import { render } from 'preact';
import { Console } from './frame/console.tsx';

render(<Console />, document.getElementById('app') as HTMLElement);
