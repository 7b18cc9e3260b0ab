import { usePanels } from './panelSuite';
import { panelView, question, reply, streamingReply, live } from './viewFixtures';
import { longReply } from './markdownSamples';
describe('perf', () => { const panels = usePanels();
 it('3000', async () => { const p = await panels.open({height:900}); 
  const entries = Array.from({length:1500},(_,i)=>[question('Question '+i,{id:'q'+i}), reply(longReply(800),{id:'r'+i})]).flat();
  const view = panelView({conversation:{entries}});
  await p.page.evaluate(`window.bigView = ${JSON.stringify(view)}`);
  for (let k=0;k<3;k++) {
  const t = await p.page.evaluate(`new Promise(done => { const t0 = performance.now(); let tm; window.addEventListener('message', () => { tm = performance.now(); }, {once:true}); window.postMessage({type:'snapshot',epoch:${k+1},seq:0,view: window.bigView},'*'); const tick=()=>{ const e = document.querySelector('nt-app').shadowRoot.querySelector('nt-log')?.shadowRoot.querySelector('nt-entry'); if (e && tm) requestAnimationFrame(()=>setTimeout(()=>done([tm-t0, performance.now()-t0]))); else requestAnimationFrame(tick)}; tick(); })`);
  console.log('3000 entries: message delivered, painted', t); }
  await p.page.waitForTimeout(500);
  const t2 = await p.page.evaluate(`(async()=>{ const log=document.querySelector('nt-app').shadowRoot.querySelector('nt-log'); const out=[]; for (let i=0;i<60;i++){ const t0=performance.now(); log.shadowRoot.querySelector('.scroll').scrollTop=0; await new Promise(r=>requestAnimationFrame(()=>setTimeout(r))); out.push(performance.now()-t0);} return [log.shadowRoot.querySelectorAll('nt-entry').length, Math.max(...out)] })()`);
  console.log('scrolled to top, entries, worst', t2);
 });
 it('stream', async function(){ this.timeout(200000); for (const n of [20000, 40000]) { const p = await panels.open({height:900});
  await p.show(panelView({live: live(), conversation:{entries:[question('q'), streamingReply('')]}}));
  const text = longReply(n);
  const t = await p.page.evaluate(`(async () => { const text=${JSON.stringify(text)}; const t0=performance.now(); let busy=0; let seq=0; const worst=[];
   for (let o=0;o<text.length;o+=4) { window.postMessage({type:'patch',epoch:1,seq:++seq,changes:[{type:'text',entryId:'r-stream',contentOffset:o,content:text.slice(o,o+4),reasoningOffset:0,reasoning:'',costText:'≈ $0.01'}]},'*'); if (seq%4===0) { const a=performance.now(); await new Promise(r=>requestAnimationFrame(()=>setTimeout(r))); worst.push(performance.now()-a);} }
   worst.sort((a,b)=>a-b); return {total: performance.now()-t0, frames: worst.length, p50: worst[worst.length>>1], p95: worst[Math.floor(worst.length*.95)], max: worst.at(-1)} })()`);
  console.log(n, t); }
 });
 it('stream flat out', async function(){ this.timeout(200000); for (const n of [20000, 40000]) { const p = await panels.open({height:900});
  await p.show(panelView({live: live(), conversation:{entries:[question('q'), streamingReply('')]}}));
  const text = longReply(n);
  const t = await p.page.evaluate(`(async () => { const text=${JSON.stringify(text)}; const t0=performance.now(); let seq=0; 
   for (let o=0;o<text.length;o+=4) { window.postMessage({type:'patch',epoch:1,seq:++seq,changes:[{type:'text',entryId:'r-stream',contentOffset:o,content:text.slice(o,o+4),reasoningOffset:0,reasoning:'',costText:'≈ $0.01'}]},'*'); await new Promise(r=>setTimeout(r,0)); }
   return performance.now()-t0 })()`);
  console.log(n, t); }
 });
 });
