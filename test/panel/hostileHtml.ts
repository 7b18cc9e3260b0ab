/** HTML that tries to load, run, style or name something; each in its own way. */
export const hostileHtml: readonly string[] = [
  '<a href="https://ok.example">ok</a>',
  '<img src="https://e.example/a.png" onerror="x()">', '<image src=x>', '<picture><source srcset="https://e.example/s.png"></picture>', '<video src="https://e.example/v" poster="https://e.example/p"></video>',
  '<script>x()</script>', '<script src="https://e.example/s.js"></script>', '<svg onload=x()><script>x()</script><a xlink:href="javascript:x()"><text>x</text></a></svg>', '<math href="javascript:x()">x</math>',
  '<style>*{background:url(https://e.example/b)}</style>', '<p style="background:url(https://e.example/i)">x</p>', '<link rel=stylesheet href="https://e.example/l.css">', '<base href="https://e.example/">',
  '<meta http-equiv=refresh content="0;url=https://e.example">', '<iframe src="https://e.example" srcdoc="<script>x()</script>"></iframe>', '<object data="https://e.example"></object>', '<embed src="https://e.example">',
  '<form action="https://e.example"><input type=image src="https://e.example/i.png"><button formaction="javascript:x()">x</button></form>', '<isindex action="javascript:x()">', '<details open ontoggle=x()>x</details>',
  '<a href="javascript:x()">x</a>', '<a href="JaVaScRiPt&colon;x()">x</a>', '<a href="java&#9;script:x()">x</a>', '<a href=" &#14; javascript:x()">x</a>', '<a href="data:text/html,x">x</a>', '<a href="command:x">x</a>', '<a href="vscode:x">x</a>', '<a href="//e.example">x</a>',
  '<a href="https://e.example" ping="https://p.example" target=_blank id=nt-app name=body class=x onclick=x() data-href=x aria-label=x role=button tabindex=0>x</a>',
  '<p id=a class=b title=c dir=rtl lang=x hidden contenteditable draggable=true accesskey=x>x</p>', '<td background="https://e.example/t.png" bgcolor=x>x</td>', '<li value="5" type="a">x</li>', '<ol start="javascript:x()" reversed><li>x</li></ol>',
  '<noscript><p title="</noscript><img src=x onerror=x()>">', '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=x()&gt;">', '<svg></p><style><a id="</style><img src=1 onerror=x()>">',
  '<template><script>x()</script></template>', '<xss onfocus=x() tabindex=1>x</xss>', '<marquee onstart=x()>x</marquee>', '<body onload=x()>', '<table><caption><script>x()</script></caption></table>', '<select><option>x<style></select><img src=x onerror=x()></style>',
  '<span class="hljs-keyword" style="x" onclick=x()>x</span>', '<code data-language="x" data-action="copy">x</code>', '<button data-action="copyReply">x</button>',
];
