import './zodSetup';
import './translations';
import { registerToolkit } from './toolkit';
import './shared/nt-notice';
import './ledger/nt-charges';
import './ledger/nt-settle';
import './ledger/nt-shares';
import './ledger/nt-spend-chart';
import './ledger/nt-ledger';

registerToolkit();
