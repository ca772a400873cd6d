import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './ui/mantine.css';
import './ui/tokens.css';
import './ui/base.css';
import { App } from './app.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('cannot start the UI: index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
