import './zodSetup';
import './translations';
import { registerToolkit } from './toolkit';
import './composer/nt-attachments';
import './header/nt-budget';
import './composer/nt-composer';
import './log/nt-empty';
import './log/nt-entry';
import './header/nt-header';
import './history/nt-history';
import './telemetry/nt-live';
import './log/nt-log';
import './shared/nt-notice';
import './log/nt-reasoning';
import './telemetry/nt-telemetry';
import './app/nt-app';

registerToolkit();
