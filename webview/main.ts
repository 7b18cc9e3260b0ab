import './zodSetup';
import { registerToolkit } from './toolkit';
import './components/nt-attachments';
import './components/nt-budget';
import './components/nt-composer';
import './components/nt-empty';
import './components/nt-entry';
import './components/nt-header';
import './components/nt-history';
import './components/nt-live';
import './components/nt-log';
import './components/nt-notice';
import './components/nt-reasoning';
import './components/nt-telemetry';
import './components/nt-app';

registerToolkit();
