import { ensureEditor, ensureBrowser } from './editorInstall';
import { startEditorServer } from './editorServer';
import { openWorkbench } from './workbench';
import { mkdtempSync, readFileSync } from 'node:fs';
const t0=Date.now(); const log=(...l:unknown[])=>console.log(((Date.now()-t0)/1000).toFixed(2), ...l);
async function main() {
 const install=await ensureEditor(log); const exe=await ensureBrowser(log);
 const server=await startEditorServer({install, profileDir:mkdtempSync('/tmp/ntp-'), extensionFolders:['/work/main/.vscode-test/stub'], folder:'/tmp/ntws'});
 const wb=await openWorkbench({executablePath:exe, server}); await wb.openActivity('Neural Terminal'); await wb.panelFrame();
 for (let i=0;i<20;i++) for (const th of ['light','highContrastDark','highContrastLight','dark'] as const) { try { await wb.setTheme(th); log(th);} catch(e) { log('FAIL',th, String(e)); await wb.screenshot(`/tmp/shots/fail${i}.png`); log(readFileSync(server.settingsFile,'utf8').slice(-80)); } }
 await wb.close(); await server.dispose();
}
main().catch(e=>{console.error(e); process.exit(1)});
