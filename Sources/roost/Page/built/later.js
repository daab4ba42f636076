(function () {
'use strict';
const m36 = (() => {
const { CommandError, Disconnected } = roostModules.m0;
const { asWished } = roostModules.m3;
const { words } = roostModules.m8;
const { sameName } = roostModules.m2;
const { wordsForError } = roostModules.m27;
const i=2_000;class Changes{#a=[];#b;#c;#d=false;constructor(c,d){this.#b=c;this.#c=d;}
waiting(room){return this.#a.filter((a)=>!room||a.room===room);}
forget(room){for(const a of this.waiting(room))this.#e(a);}
edit(room,entry,text){this.#f(room,entry,'edit',{type:'edited',text},{text});}
remove(room,entry){this.#f(room,entry,'delete',{type:'deleted'},{});}
react(room,entry,e){const{reactions={}}=asWished(entry,room.wishes);const j=(reactions[e]??[]).some((name)=>sameName(name,this.#b.me));const h=j?null:e;this.#f(room,entry,'react',{type:'reaction',emoji:h},{emoji:h});}
render(){for(const a of [...this.#a]){const{room,answer}=a;if(answer <=room.position)this.#e(a);else if(!this.#g(a))this.#h(a,words('change.lost'));}
this.#i();}
#g({room,epoch,user}){const{me,rooms}=this.#b;return rooms.get(room.key)===room&&room.epoch===epoch&&sameName(user,me);}
#f(room,entry,command,k,fields){const{offset:target}=entry;const user=this.#b.me;const{epoch}=room;const a={room,epoch,entry,target,user,offset:Infinity,command,fields};this.#a.push(Object.assign(a,k));room.wishes.set(target,[...(room.wishes.get(target)??[]),a]);this.#j(a);this.#i();}
async #i(){const a=this.#a.find(({room,answer})=>room.state==='joined'&&answer===undefined);if(this.#d||!a)return;this.#d=true;try{const{room,command,target,fields}=a;const{offset}=await room.link.command(command,{offset:target,...fields});a.answer=offset;}catch(b){if(b instanceof CommandError)await this.#k(a,b);else if(!(b instanceof Disconnected))throw b;}finally{this.#d=false;}
this.#c.changed();}
async #k(a,b){if(b.code==='unavailable'){const f=b.retryAfter??i;await new Promise((l)=>setTimeout(l,f));}else if(a.command==='delete'&&b.code==='not_found'){this.#e(a);}else{this.#h(a,wordsForError(b));}}
#h(a,problem){this.#e(a);this.#c.refused(words(`change.${a.command}`,{problem}),a);}
#e(a){const{room,target}=a;this.#a=this.#a.filter((g)=>g !==a);const f=room.wishes.get(target)?.filter((g)=>g !==a)??[];if(f.length > 0)room.wishes.set(target,f);else room.wishes.delete(target);this.#j(a);}
#j({room,target}){for(const entry of room.entries){if(entry.offset===target||entry.reply===target)delete entry.item;}
this.#c.changed();}}
return { Changes };
})();
const m37 = (() => {
const { byID, setText } = roostModules.m30;
function ask(b,{agree,refuse}){const a=byID('question');setText(byID('question-words'),b);setText(byID('question-agree'),agree);setText(byID('question-refuse'),refuse);a.returnValue='';a.showModal();return new Promise((c)=>{a.addEventListener('close',()=>c(a.returnValue==='agree'),{once:true});});}
return { ask };
})();
const m38 = (() => {
const { ask } = m37;
const { words } = roostModules.m8;
const { copyLink, linkTo } = roostModules.m32;
const moderations=['mute','kick','ban'];const h=24 * 60 * 60_000;class Deeds{moderation=null;#a;#b;#c;constructor(a,b,c){this.#a=a;this.#b=b;this.#c=c;}
of({entry,own,pending,past,deleted,isPerson}){const{capabilities:can=[],moderator}=this.#a.connection.welcome??{};const e=moderator&&!own&&can.includes('moderate')?moderations:[];const{current}=this.#a.rooms;const i=current?.mutedNow()||current?.state==='refused';if(isPerson)return e;if(deleted||pending||entry.offset===undefined)return [];if(past)return ['copy'];if(i)return ['copy','link'];const d=can.includes('react')?['react']:[];d.push('reply');if(own&&can.includes('edit')&&Date.now()- entry.time < h){d.push('edit');}
d.push('copy','link');if((own||moderator)&&can.includes('delete'))d.push('delete');return [...d,...e];}
react(entry,j){this.#c.react(this.#a.rooms.current,entry,j);}
async do(name,entry){const room=this.#a.rooms.current;switch(name){case 'reply':
room.editing=null;this.#a.drafts.answer(room,entry);this.#b.startWriting();break;case 'edit':
this.#d(room,entry);break;case 'copy':
await this.#e(room,entry);break;case 'link':
if(await copyLink(room,entry))this.#f(room,words('copy.link'));else this.#b.say(`${words('copy.refused')} ${linkTo(room,entry)}`);break;case 'delete':
await this.#g(room,entry);break;default:
this.moderation.open(name,entry.user);}}
editLast(){const room=this.#a.rooms.current;const entry=room?.entries.findLast(({item})=>item?.own&&this.of(item).includes('edit'));if(entry)this.#d(room,entry);return Boolean(entry);}
undone({command,room,entry,text}){if(command==='edit'&&!room.editing)this.#h(room,entry,text);this.#b.schedule();}
stop(){const room=this.#a.rooms.current;if(room.editing)room.editing=null;else this.#a.drafts.answer(room,null);this.#b.startWriting();}
#d(room,entry){this.#h(room,entry,entry.item.text);this.#b.startWriting();}
#h(room,entry,text){room.editing={entry,text,finish:(k)=>this.#i(room,entry,k)};}
#f(room,f){this.#a.note(room,f);const{number}=this.#a.news;this.#a.news={number:number + 1,words:f};}
async #i(room,entry,text){if(text===''){if(await this.#g(room,entry))room.editing=null;}else{if(text !==entry.item?.text)this.#c.edit(room,entry,text);room.editing=null;}
this.#b.startWriting();}
async #g(room,entry){const g=await ask(words('delete.ask'),{agree:words('message.delete'),refuse:words('cancel'),});if(g)this.#c.remove(room,entry);return g;}
async #e(room,entry){try{await navigator.clipboard.writeText(entry.item?.text??entry.text);this.#f(room,words('copy.text'));}catch{this.#b.say(words('copy.refused'));}}}
return { moderations, Deeds };
})();
const m39 = (() => {
const { byID } = roostModules.m30;
function makeInstallable(){byID('manifest').rel='manifest';navigator.serviceWorker?.register('service-worker.js').catch(()=>{});}
return { makeInstallable };
})();
const m40 = (() => {
const { isMessage } = roostModules.m3;
const { words } = roostModules.m8;
const { keyOf, mentions } = roostModules.m2;
const { noticeSettings } = roostModules.m4;
const p=200;let e=null;function sound(){e??=new AudioContext();e.resume().catch(()=>{});for(const [at,pitch] of [[0,660],[0.12,880]]){const f=e.currentTime + at;const h=new OscillatorNode(e,{frequency:pitch});const g=new GainNode(e,{gain:0});g.gain.setValueAtTime(0,f);g.gain.linearRampToValueAtTime(0.15,f + 0.02);g.gain.exponentialRampToValueAtTime(0.001,f + 0.25);h.connect(g).connect(e.destination);h.start(f);h.stop(f + 0.3);}}
const canNotify=()=>'Notification' in window;class Notices{#a;#b=new WeakMap();constructor(c){this.#a=c;}
render(){if(this.#a.phase !=='in')return;for(const a of this.#a.rooms.list)this.#c(a);}
#c(a){const{epoch,position,entries}=a;if(epoch===null)return;const q=a.begunAt===null?undefined:{epoch,offset:a.begunAt};const d=this.#b.get(a)??q;if(d?.epoch===epoch&&d.offset===position)return;this.#b.set(a,{epoch,offset:position});if(d?.epoch !==epoch||!document.hidden)return;const i=keyOf(this.#a.me);const j=entries.filter((b)=>b.offset > d.offset&&b.author !==i
&&isMessage(b)&&!b.deleted
&&(a.kind==='direct'||mentions(b.text,this.#a.me)));if(j.length > 0)this.#d(a,j[j.length - 1]);}
#d(a,b){const l=noticeSettings();if(l.sound)sound();if(!l.notify||!canNotify()||Notification.permission !=='granted')return;const m=a.kind==='direct'?'notice.direct':'notice.mention';const k=words(m,{name:b.user,room:a.title});const n={body:b.text.slice(0,p),tag:`${a.key} ${b.offset}`,icon:document.querySelector('link[rel=icon]').href,};try{const o=new Notification(k,n);o.onclick=()=>{focus();this.#a.rooms.select(a);o.close();};}catch{navigator.serviceWorker?.ready.then((r)=>r.showNotification(k,n));}}}
return { sound, canNotify, Notices };
})();
const m41 = (() => {
const { asWished, entryOf } = roostModules.m3;
function entryAt(b,offset){let d=0;let g=b.length;while(d < g){const h=(d + g)>> 1;if(b[h].offset < offset)d=h + 1;else g=h;}
return b[d]?.offset===offset?b[d]:undefined;}
class Quotes{#a=[];#b;#c=false;constructor(e){this.#b=e;}
find(room,{past,entry}){const offset=entry.reply;const i=(a)=>a.epoch===(entry.epoch??room.epoch)&&a.offset===offset;const c=room.past.entries.find(i);if(c||past)return c??null;const j=entryAt(room.entries,offset);return j?asWished(j,room.wishes):room.quoted.get(offset);}
want(room,offset){const i=(a)=>a.room===room&&a.offset===offset;if(room.quoted.has(offset)||this.#a.some(i))return;this.#a.push({room,offset});this.render();}
async render(){const f=this.#a.find(({room})=>room.state==='joined');if(this.#c||!f)return;this.#c=true;const{room,offset}=f;const{epoch}=room;const k={before:offset + 1,limit:1};try{const{messages}=await room.link.command('history',k);const c=messages.find((a)=>a.offset===offset);if(room.epoch===epoch)this.#d(room,offset,c?entryOf(c):null);this.#a=this.#a.filter((a)=>a !==f);}catch{if(room.state==='joined')this.#a=this.#a.filter((a)=>a !==f);}
this.#c=false;this.#b();}
#d(room,offset,l){room.quoted.set(offset,l);for(const entry of room.entries)if(entry.reply===offset)delete entry.item;}}
return { entryAt, Quotes };
})();
const m42 = (() => {
const { count, locale, words } = roostModules.m8;
const j={clock:{hour:'numeric',minute:'2-digit'},full:{dateStyle:'full',timeStyle:'medium'},dayThisYear:{weekday:'long',day:'numeric',month:'long'},dayOfYear:{dateStyle:'long'},};let b={};function c(e,a){if(b.locale !==locale())b={locale:locale()};b[e]??=new Intl.DateTimeFormat(b.locale,j[e]);return b[e].format(a);}
const k=(a)=>(Number.isNaN(a.getTime())?new Date(0):a);const instant=(l)=>k(new Date(l));const clockTime=(a)=>c('clock',a);const fullTime=(a)=>c('full',a);const dayKey=(a)=>
(a.getFullYear()* 12 + a.getMonth())* 31 + a.getDate();function dayName(a,d=new Date()){const f=dayKey(a);if(f===dayKey(d))return words('day.today');const g=new Date(d);g.setDate(d.getDate()- 1);if(f===dayKey(g))return words('day.yesterday');return c(a.getFullYear()===d.getFullYear()?'dayThisYear':'dayOfYear',a);}
function lasting(h){const m=(count)=>Math.round(count)> 0&&Math.abs(count - Math.round(count))< 0.05;const [unit,size]=[['day',86_400],['hour',3_600]].find((n)=>m(h / n[1]))??['minute',60];return new Intl.NumberFormat(locale(),{style:'unit',unit,unitDisplay:'long'})
.format(Math.max(1,Math.round(h / size)));}
const moment=(a)=>(dayKey(a)===dayKey(new Date())?clockTime(a)
:`${dayName(a)}, ${clockTime(a)}`);const badge=(i)=>(i > 99?`${count(99)}+`:count(i));
return { instant, clockTime, fullTime, dayKey, dayName, lasting, moment, badge };
})();
const m43 = (() => {
const { byID, element, reconcile, setHidden, setText } = roostModules.m30;
const { dayName, fullTime, instant } = m42;
const { words } = roostModules.m8;
class SessionList{#a;#b=byID('sessions');#c=this.#b.querySelector('ul');#d=this.#b.querySelector('.problem');constructor(a){this.#a=a;this.#c.addEventListener('click',({target})=>{const{id}=target.closest('button')?.dataset??{};if(id)this.#e(id);});}
async show(){this.#f([],'');if(!this.#a.account||!this.#a.can('sessions'))return;const{sessions,problem}=await this.#a.sessions();this.#f(sessions,problem);}
async #e(id){const{sessions,problem}=await this.#a.endSession(id);this.#f(sessions,problem);this.#c.focus();}
#f(sessions,problem){setHidden(this.#b,sessions.length===0&&problem==='');setText(this.#d,problem);reconcile(this.#c,sessions,({session})=>session,f,g);}}
function f({session}){return element('li',{},element('span',{className:'about'},element('bdi',{className:'label'}),element('span',{className:'hint'})),element('button',{type:'button',className:'secondary',textContent:words('signOut'),dataset:{id:session},}));}
function g(c,{client,at,connections,current}){const name=client??words('sessions.unknown');const [called,hint]=c.firstChild.children;const d=instant(at);let b=words('sessions.used',{day:dayName(d)});if(connections > 0)b=words('sessions.now');if(current)b=words('sessions.here');setText(called,name);setText(hint,b);hint.title=fullTime(d);const e=c.lastChild;setHidden(e,current);e.ariaLabel=words('sessions.end',{client:name});}
return { SessionList };
})();
const m44 = (() => {
const { byID, setHidden, setText } = roostModules.m30;
const { words } = roostModules.m8;
const { SessionList } = m43;
const e=8;class AccountView{#a;#b=byID('account');#c=byID('account-form');#d=byID('new-password');#e=byID('account-problem');#f=byID('account-save');#g=byID('sign-out-everywhere');#h=byID('open-account');#i;constructor(a,f){this.#a=a;this.#i=new SessionList(a);this.#h.addEventListener('click',()=>this.#j());byID('account-cancel').addEventListener('click',()=>this.#b.close());byID('show-password').addEventListener('change',({target})=>{this.#d.type=target.checked?'text':'password';});this.#c.addEventListener('submit',(event)=>{event.preventDefault();this.#k();});this.#g.addEventListener('click',()=>{this.#b.close();f.signOut(true);});this.#b.addEventListener('close',()=>this.#l());}
#j(){byID('account-name').value=this.#a.me;this.#l();this.#b.showModal();this.#d.focus();this.#i.show();}
#l(){this.#d.value='';this.#d.type='password';byID('show-password').checked=false;this.#m('');}
#m(c){setText(this.#e,c);this.#d.setAttribute('aria-invalid',String(c !==''));}
async #k(){const d=this.#d.value;if(new TextEncoder().encode(d).length < e){this.#m(words('account.short'));this.#d.focus();return;}
this.#m('');this.#f.disabled=true;const b=await this.#a.keepName(d);this.#f.disabled=false;if(!this.#b.open)return;this.#m(b);if(b==='')this.#b.close();else this.#d.focus();}
render(){const{account,phase}=this.#a;if(phase !=='in'&&this.#b.open)this.#b.close();setText(byID('account-title'),words(account?'account.yours':'account.make'));setText(byID('account-words'),words(account?'account.change':'account.why'));setText(this.#f,words(account?'account.set':'account.keep'));setText(this.#d.labels[0],words(account?'account.new':'login.password'));setHidden(this.#g,!account);}}
return { AccountView };
})();
const m45 = (() => {
const { compareNames, keyOf, sameName } = roostModules.m2;
const l=8;const m=/(?:^|[^\p{L}\p{M}\p{N}_])(@[\p{L}\p{M}\p{N}_.-]{0,64})$/u;const n=/(?:^|[^\p{L}\p{M}\p{N}_@.-])([\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_.-]{0,63})$/u;function nameBefore(o,b,p=false){const e=o.slice(Math.max(0,b - 80),b);const c=m.exec(e)??(p?n.exec(e):null);if(!c)return null;return{start:b - c[1].length,prefix:c[1].replace('@','')};}
function candidates(f,d,q){const g=keyOf(f);const a=new Map();for(const{author,user}of d.entries.slice(-200)){a.delete(author);a.set(author,user);}
const h=new Map([...a.keys()].reverse().map((author,r)=>[author,r]));const i=(name)=>(keyOf(name)===g?-1:h.get(keyOf(name))??h.size);const s=d.members?[...d.members.values()]:[...a.values()];return s.filter((name)=>keyOf(name).startsWith(g)&&!sameName(name,q))
.sort((j,k)=>i(j)- i(k)||compareNames(j,k))
.slice(0,l);}
return { nameBefore, candidates };
})();
const m46 = (() => {
const { keyOf } = roostModules.m2;
const tintCount=18;function c(b){if('Segmenter' in Intl){for(const{segment}of new Intl.Segmenter().segment(b))return segment;}
return [...b][0]??'';}
function initials(name){const a=name.split(/[-_.]+/u).filter(Boolean);const d=a.length > 1?[a[0],a[a.length - 1]]:[name];return d.map((e)=>c(e).toUpperCase()).join('');}
function tintOf(name){let hash=0x811c9dc5;for(const f of keyOf(name)){hash=Math.imul(hash ^ f.codePointAt(0),0x01000193);}
hash=Math.imul(hash ^(hash >>> 16),0x85ebca6b);hash=Math.imul(hash ^(hash >>> 13),0xc2b2ae35);return((hash ^(hash >>> 16))>>> 0)% tintCount;}
return { tintCount, initials, tintOf };
})();
const m47 = (() => {
const aa=6;const ab=/\bhttps?:\/\/[^\s<>"'`\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/giu;const ac=/[.,;:!?*_]|(?!\p{ASCII})\p{P}/u;const ad=/`+|\*+|_+/gu;const ae=/[\p{L}\p{M}\p{N}_\\]/u;const af=/\w/u;function ag(e){const ah=e.includes('(')?'':')';let end=e.length;while(e[end - 1]===ah||ac.test(e[end - 1]))end -=1;const address=e.slice(0,end);return URL.canParse?.(address)?address:'';}
function ai(c){const r=[];if(!c.includes('://'))return r;for(const{0:e,index}of c.matchAll(ab)){const address=ag(e);if(address)r.push({kind:'link',address,start:index,end:index + address.length});}
return r;}
function aj(c,j){const f=new Map();const s=new Map();for(const d of [...j].reverse()){s.set(d,f.get(d[0].length));f.set(d[0].length,d);}
const e=[];let end=0;for(const d of j){const other=s.get(d);if(d.index < end||!other)continue;end=other.index + other[0].length;let i=c.slice(d.index + d[0].length,other.index);if(/^ .*\S.* $/su.test(i))i=i.slice(1,-1);e.push({kind:'code',text:i,start:d.index,end});}
return e;}
function ak(al,other){const am=[...al,...other].sort((a,b)=>a.start - b.start);let end=0;return am.filter((g)=>{if(g.start < end)return false;end=g.end;return true;});}
function an(c,index,length){const t=c[index - 1]??' ';const v=c[index + length]??' ';const w=length===2?af:ae;const opens=/\S/u.test(v)&&!w.test(t);const closes=/\S/u.test(t)&&!w.test(v);const k=(x,o)=>({mark:c.slice(o,o + x),start:o,end:o + x,opens,closes,});if(length < 3)return [k(length,index)];return opens?[k(2,index),k(1,index + 2)]:[k(1,index),k(2,index + 1)];}
function ao(l){const open=[];const p={};for(const h of l){const{mark}=h;if(h.closes&&p[mark] > 0){let other;do{other=open.pop();p[other.mark] -=1;}while(other.mark !==mark);if(other.end < h.start){other.partner=h;h.partner=other;}}else if(h.opens){open.push(h);p[mark]=(p[mark]??0)+ 1;}}}
function ap(c,aq){const y=[];const open=[y];let end=0;const q=(m)=>{if(m !=='')open[open.length - 1].push(m);};for(const g of aq){const{mark,partner,start}=g;if(mark&&(!partner||partner.isFlat))continue;const z=mark&&partner.start > start;if(z&&open.length > aa){g.isFlat=true;continue;}
q(c.slice(end,start));end=g.end;if(!mark){q(g);}else if(z){const m={kind:mark.length===2?'strong':'em',inside:[]};q(m);open.push(m.inside);}else{open.pop();}}
q(c.slice(end));return y;}
function spansOf(c){const j=[...c.matchAll(ad)];const n=ak(ai(c),aj(c,j.filter(([d])=>d[0]==='`')));const l=[];let f=0;for(const{0:d,index}of j){while(n[f]&&n[f].end <=index)f +=1;const ar=n[f]&&n[f].start <=index;const as=d[0]==='*'?3:1;if(d[0]==='`'||ar||d.length > as)continue;l.push(...an(c,index,d.length));}
ao(l);return ap(c,[...n,...l].sort((a,b)=>a.start - b.start));}
return { spansOf };
})();
const m48 = (() => {
const { spansOf } = m47;
const q=3;const r=4;const j=/^ {0,3}```([\w+#.-]{0,20})[^\S\n]*$/u;const k=/^ {0,3}```[^\S\n]*$/u;const l=/^>(?: |$)/u;const h=/^( {0,8})([-*+]|\d{1,9}\.) +(?=\S)/u;const s=/^ {2,}\S/u;class t{constructor(lines){this.lines=lines;this.at=0;this.lastFence=lines.findLastIndex((line)=>k.test(line));}
get line(){return this.lines[this.at];}
get isDone(){return this.at >=this.lines.length;}
takeWhile(v){const w=this.at;while(!this.isDone&&v(this.line))this.at +=1;return this.lines.slice(w,this.at);}}
function x(a){const [,language]=j.exec(a.line);a.at +=1;const text=a.takeWhile((line)=>!k.test(line)).join('\n');a.at +=1;return{kind:'code',text,language};}
function y(a,c){const lines=a.takeWhile((line)=>l.test(line));return{kind:'quote',blocks:m(lines.map((line)=>line.slice(2)),c + 1)};}
function n(a,c=1){const [,indent,mark]=h.exec(a.line);const b={kind:'list',ordered:mark.length > 1,items:[]};while(!a.isDone){const e=h.exec(a.line);const f=b.items[b.items.length - 1];if(!e){if(!f||!s.test(a.line))break;f.lines.push(a.line.trimStart());a.at +=1;continue;}
const o=e[1].length - indent.length;if(o < 0)break;if(o > 1&&f&&c < r){f.lists.push(n(a,c + 1));continue;}
if((e[2].length > 1)!==b.ordered)break;const value=b.ordered?Number.parseInt(e[2],10):undefined;b.items.push({value,lines:[a.line.slice(e[0].length)],lists:[]});a.at +=1;}
b.items=b.items.map(({value,lines,lists})=>
({value,inside:spansOf(lines.join('\n')),lists}));return b;}
function z(lines){const p=lines.findIndex((line)=>line.trim()!=='');return p < 0?[]:lines.slice(p);}
function m(lines,c){const a=new t(lines);const d=[];let plain=[];const g=(i)=>{if(d.length > 0)plain=z(plain);while(i&&plain.length > 0&&plain[plain.length - 1].trim()==='')plain.pop();if(plain.length > 0)d.push({kind:'text',inside:spansOf(plain.join('\n'))});plain=[];if(i)d.push(i);};while(!a.isDone){const{line}=a;if(a.at < a.lastFence&&j.test(line))g(x(a));else if(c < q&&l.test(line))g(y(a,c));else if(h.test(line))g(n(a));else{plain.push(line);a.at +=1;}}
g(null);return d;}
const parse=(text)=>m(text.split('\n'),0);
return { parse };
})();
const m49 = (() => {
const { element } = roostModules.m30;
const { parse } = m48;
const h=/^.{40}/mu;function c(a){if(typeof a==='string')return a;if(a.kind==='code')return element('code',{},a.text);if(a.kind==='link'){const{origin,pathname,hash}=new URL(a.address);const g=hash&&origin + pathname===location.origin + location.pathname;const attributes=g?{}
:{rel:'noopener noreferrer nofollow',target:'_blank'};const href=g?hash:a.address;return element('a',{href,dir:'ltr',attributes},a.address);}
return element(a.kind,{},...a.inside.map(c));}
function i({value,inside,lists}){const b=element('li',{},...inside.map(c),...lists.map(d));if(value !==undefined)b.value=value;return b;}
function d(a){switch(a.kind){case 'code':{const e=element('pre',{dir:'ltr'},element('code',{},a.text));if(a.language)e.dataset.language=a.language;if(h.test(a.text))e.tabIndex=0;return e;}
case 'quote':
return element('blockquote',{},...a.blocks.map(d));case 'list':
return element(a.ordered?'ol':'ul',{},...a.items.map(i));default:
return element('p',{},...a.inside.map(c));}}
function f(a){if(typeof a==='string')return a;const{text,address,inside=[],blocks=[],items=[],lists=[]}=a;const j=inside.map(f).join('');return text??address
??[j,...[...blocks,...items,...lists].map(f)].filter(Boolean).join('\n');}
const plainText=(text)=>parse(text).map(f).join('\n');const textNodes=(text)=>parse(text).map((a)=>{const b=d(a);b.dir||='auto';return b;});
return { plainText, textNodes };
})();
const m50 = (() => {
const { element, icon, setText } = roostModules.m30;
const { initials, tintOf } = m46;
const { clockTime, fullTime, instant } = m42;
const { words } = roostModules.m8;
const { textNodes } = m49;
const m=24;const t=1_600;const u='\\p{Emoji_Presentation}|\\p{Extended_Pictographic}\\uFE0F|\\p{RI}{2}';const v=new RegExp(`^(?:${u}|[\\u{1F3FB}-\\u{1F3FF}]|\\u200D|\\s){1,16}$`,'u');function avatar(name){const dataset={tint:tintOf(name)};const attributes={'aria-hidden':'true'};return element('span',{className:'avatar',dataset,attributes},initials(name));}
function n(d,properties){const exact={dateTime:d.toISOString(),title:fullTime(d)};return element('time',{...exact,...properties},clockTime(d));}
function makeMessage(b){const{entry,own,held}=b;const d=instant(entry.at);const w=own&&!held?words('message.you'):entry.user;const o=element('bdi',{className:'name',title:entry.user},w);o.dataset.tint=tintOf(entry.user);const x=element('div',{className:'by'},o,' ',n(d));const g=element('div',{className:'bubble'});const j=n(d,{className:'again'});j.setAttribute('aria-hidden','true');const status=element('span',{className:'status'});const y=element('div',{className:'line'},g,j,status);const z=element('div',{className:'body'},x,y);const a=element('li',{role:'listitem'},z);if(!own)a.prepend(avatar(entry.user));else a.setAttribute('aria-live','off');return a;}
function aa(a,{deleted,text}){const g=a.querySelector('.bubble');if(deleted)g.replaceChildren(words('message.deleted'));else g.replaceChildren(...textNodes(text));a.querySelector('.unfold')?.remove();const p=!deleted&&ab(text);g.classList.toggle('folded',p);if(p)a.querySelector('.body').append(ac(g));}
function ab(text){return text.length > t||text.split('\n',m + 1).length > m;}
function ac(g){const e=element('button',{type:'button',className:'link unfold'});setText(e,words('message.more'));e.setAttribute('aria-expanded','false');e.addEventListener('click',()=>{const q=g.classList.toggle('folded');e.setAttribute('aria-expanded',String(!q));setText(e,words(q?'message.more':'message.less'));});return e;}
function ad(b){const{own,head,tail,pending,sameMinute,mentioned,held,past}=b;const c=['message'];if(own)c.push('own');if(head)c.push('head');if(tail)c.push('tail');if(!sameMinute)c.push('timed');if(held)c.push('held');else if(pending)c.push(pending.state);if(past)c.push('past');if(b.changing)c.push('changing');if(b.deleted)c.push('gone');else if(v.test(b.text))c.push('emoji');if(mentioned)c.push('mention');return c.join(' ');}
function updateMessage(a,b,h){const i=a.item;if(i===b)return;a.item=b;if(i?.deleted !==b.deleted||i?.text !==b.text){if(i)a.setAttribute('aria-live','off');aa(a,b);}
const c=ad(b);if(a.className !==c)a.className=c;if(i?.entry.at !==b.entry.at)ae(a,b.entry);h.decorate(a,b);const status=af(b);if(a.status===status)return;a.status=status;ag(a.querySelector('.status'),b,status,h);}
function readAloud(a){const ah='.name, .by time, .quote, .bubble, .edited, .reaction, .status';return [...a.querySelectorAll(ah)]
.map((f)=>f.getAttribute('aria-label')
??(f.innerText||f.textContent).replace(/\s+/gu,' ').trim())
.filter(Boolean).join(', ');}
function ae(a,entry){const d=instant(entry.at);for(const k of a.querySelectorAll('time')){k.dateTime=d.toISOString();k.title=fullTime(d);setText(k,clockTime(d));}}
function af({pending,lastOwn,past,online,held,deleted,changing}){if(!pending)return lastOwn&&!past&&!deleted&&!changing?'sent':'';if(held)return `held:${held}`;if(pending.state==='failed')return `failed:${pending.problem}`;return online?'sending':'queued';}
function ag(f,{pending,held},status,h){if(status===''){f.replaceChildren();}else if(status==='sent'){const r=words('message.sent');const ai=element('span',{title:r},icon('check'));f.replaceChildren(ai,element('span',{className:'unseen'},r));}else if(status==='sending'){f.replaceChildren(words('message.sending'));}else if(status==='queued'){f.replaceChildren(words('message.waiting'));}else{const l=held?words('message.nameLost'):pending.problem;const j=held?words('message.sendAs',{name:held}):words('message.again');f.replaceChildren(`${l} `,e(j,()=>h.retry(pending)),' ',e(words('message.discard'),()=>h.discard(pending)));}}
function e(name,aj){const s=element('button',{type:'button',className:'link'},name);s.addEventListener('click',aj);return s;}
return { avatar, makeMessage, updateMessage, readAloud };
})();
const m51 = (() => {
const { candidates, nameBefore } = m45;
const { byID, composes, element, setHidden, setText } = roostModules.m30;
const { words } = roostModules.m8;
const { sameName } = roostModules.m2;
const { avatar } = m50;
class CompletionView{#a;#b=byID('message');#c=byID('names');#d=byID('names-said');#e=[];#f=0;#g=null;#h=null;constructor(d){this.#a=d;byID('composer').addEventListener('keydown',(event)=>{if(event.target===this.#b&&!composes(event)&&this.#i(event)){event.preventDefault();event.stopPropagation();}},true);this.#b.addEventListener('input',(event)=>{if(!event.isComposing)this.#j();});this.#b.addEventListener('compositionend',()=>this.#j());for(const j of ['blur','click']){this.#b.addEventListener(j,()=>this.#k());}
this.#c.addEventListener('pointerdown',(event)=>{event.preventDefault();const e=event.target.closest('[role="option"]');if(e)this.#l(e.dataset.name);});}
render(){const c=this.#a.rooms.current;if(c !==this.#h)this.#k();this.#h=c;}
#i({key,altKey,ctrlKey,metaKey,shiftKey}){if(altKey||ctrlKey||metaKey||shiftKey)return false;if(this.#e.length===0)return key==='Tab'&&this.#m();switch(key){case 'ArrowDown':
this.#n(this.#f + 1);return true;case 'ArrowUp':
this.#n(this.#f - 1);return true;case 'Enter':
case 'Tab':
if(key==='Enter'&&sameName(this.#e[this.#f],this.#g.prefix)){this.#k();return false;}
this.#l(this.#e[this.#f]);return true;case 'Escape':
this.#k();return true;default:
if(key.startsWith('Arrow')||key==='Home'||key==='End')this.#k();return false;}}
#o(k){const{value,selectionStart,selectionEnd}=this.#b;const c=this.#a.rooms.current;if(!c||selectionStart !==selectionEnd)return [];this.#g=nameBefore(value,selectionStart,k);return this.#g?candidates(this.#g.prefix,c,this.#a.me):[];}
#j(){const a=this.#o(false);if(a.length===0)this.#k();else this.#p(a);}
#m(){const a=this.#o(true);if(a.length===0)return false;if(a.length===1)this.#l(a[0]);else this.#p(a);return true;}
#p(a){this.#e=a;this.#c.replaceChildren(...a.map((name,f)=>element('li',{role:'option',id:`name-${f}`,dataset:{name},},avatar(name),element('bdi',{className:'label'},name))));setHidden(this.#c,false);this.#n(0);setText(this.#d,words('names.found',{count:a.length}));}
#n(f){const g=this.#e.length;this.#f=(f + g)% g;[...this.#c.children].forEach((e,b)=>
e.setAttribute('aria-selected',String(b===this.#f)));const h=this.#c.children[this.#f];h.scrollIntoView({block:'nearest'});this.#b.setAttribute('aria-activedescendant',h.id);}
#k(){this.#e=[];setHidden(this.#c,true);this.#b.removeAttribute('aria-activedescendant');setText(this.#d,'');}
#l(name){const i=this.#b.selectionStart;const l=/^\s/u.test(this.#b.value.slice(i))?'':' ';this.#b.setRangeText(`@${name}${l}`,this.#g.start,i,'end');this.#k();this.#b.dispatchEvent(new Event('input',{bubbles:true}));}}
return { CompletionView };
})();
const m52 = (() => {
const { lasting, moment } = m42;
const { locale, words } = roostModules.m8;
const c=({until,came})=>(until
?words('act.for',{span:lasting((Date.parse(until)- came)/ 1000)}):words('act.good'));const untilOf=({until})=>(until
?words('act.until',{time:moment(new Date(until))}):words('act.open'));const doer=({by})=>by??words('act.operator');const withReason=(a,{reason})=>`${a}${reason?`: ${reason}`:'.'}`;function lineOf(b){const{action,user:name,everywhere}=b;const a=words(`act.${action}`,{by:doer(b),name,span:c(b)});const d=words('moderate.everywhere').toLocaleLowerCase(locale());return withReason(everywhere?`${a} (${d})`:a,b);}
return { untilOf, doer, withReason, lineOf };
})();
const m53 = (() => {
const { element, icon } = roostModules.m30;
const said=(e,a,properties={},...f)=>
element(e,{...properties,dataset:{words:a,...properties.dataset}},...f);function iconButton(name,a,properties={}){const g=element('button',{type:'button',className:'icon-button',dataset:{tip:a},...properties,},icon(name));return g;}
function labelled(a,d){return element('div',{className:'labelled'},said('label',a,{htmlFor:d.id}),d);}
const beside=(...h)=>element('div',{className:'beside'},...h);function searchField(id,a,maxLength){return element('input',{id,type:'text',role:'searchbox',autocomplete:'off',spellcheck:false,maxLength,enterKeyHint:'search',dataset:{hint:a,label:a},});}
const problemLine=(id)=>
element('p',{id,className:'problem',role:'alert'});function makeDialog(id,c,...i){c.id=`${id}-title`;const close=iconButton('close','close');const b=element('dialog',{id,className:'card wide',attributes:{'aria-labelledby':c.id},},element('div',{className:'dialog-top'},c,close),...i);close.addEventListener('click',()=>b.close());b.addEventListener('pointerdown',(event)=>{if(event.target !==b)return;const{left,right,top,bottom}=b.getBoundingClientRect();const{clientX:x,clientY:y}=event;if(x < left||x > right||y < top||y > bottom)b.close();});document.body.append(b);return b;}
return { said, iconButton, labelled, beside, searchField, problemLine, makeDialog };
})();
const m54 = (() => {
const { doer, untilOf, withReason } = m52;
const { said } = m53;
const { byID, element, setHidden, setText } = roostModules.m30;
const { words } = roostModules.m8;
const g=3_600_000;function barOf(a){const b=a?.mutedNow();if(b&&a.state !=='refused'){return withReason(words('you.mute',{until:untilOf(b)}),b);}
const{verdict}=a??{};if(a?.state !=='refused'||!verdict)return '';if(!verdict.action)return a.problem;const h=words(`you.${verdict.action}`,{by:doer(verdict),until:untilOf(verdict)});return withReason(h,verdict);}
class VerdictView{#a;#b;#c=element('span');#d=said('button','invited.enter',{type:'button',className:'link'});#e=said('button','room.leaveThis',{type:'button',className:'link'});#f;#g=0;constructor(c,d,e){this.#a=c;this.#b=d;this.#f=element('div',{id:'verdict',className:'bar',role:'alert',hidden:true},this.#c,this.#d,this.#e);this.#d.addEventListener('click',async()=>{const{current}=c.rooms;await current.link.enter();if(current.state==='joined')e.chosen();});this.#e.addEventListener('click',()=>e.leave());byID('note').after(this.#f);}
render(){const a=this.#a.rooms.current;const f=barOf(a);for(const i of [this.#d,this.#e])setHidden(i,a?.state !=='refused');setText(this.#c,f);setHidden(this.#f,f==='');clearTimeout(this.#g);if(!a?.muted?.until)return;const j=Math.min(g,Date.parse(a.muted.until)- Date.now());this.#g=setTimeout(()=>this.#b.schedule(),j + 50);}}
return { barOf, VerdictView };
})();
const m55 = (() => {
const { byID, composes, setHidden, setText, touchKeyboard } = roostModules.m30;
const { listed, words } = roostModules.m8;
const { barOf } = m54;
const { wordsForExile } = roostModules.m27;
const n=0.8;const i=(b)=>(b.length > 200?[...b].length:b.length);const j=(b)=>b.replace(/^(?:[^\S\n]*\n)+/u,'').trimEnd();function o(event){if(event.key !=='Enter'||composes(event))return false;if(event.ctrlKey||event.metaKey)return true;return !event.shiftKey&&!event.altKey&&!touchKeyboard.matches;}
class ComposerView{#a;#b=byID('composer');#c=byID('message');#d=byID('send');#e=byID('counter');#f=byID('activity');#g=null;#h=null;constructor(c){this.#a=c;this.#b.addEventListener('submit',(event)=>{event.preventDefault();this.#i();});this.#c.addEventListener('keydown',(event)=>{if(c.rooms.current !==this.#g)this.render();if(!o(event))return;event.preventDefault();this.#i();});this.#c.addEventListener('input',()=>{if(this.#h)this.#h.text=this.#c.value;else if(this.#g)c.drafts.set(this.#g,this.#c.value);if(this.#c.value.trim()!=='')c.typed();this.#j();});byID('skip').addEventListener('click',()=>this.focus());byID('keys').addEventListener('click',()=>byID('shortcuts').showModal());touchKeyboard.addEventListener('change',()=>this.#k());this.#k();}
#k(){this.#c.enterKeyHint=touchKeyboard.matches?'enter':'send';}
focus(){this.#c.focus({preventScroll:true});}
render(){const a=this.#a.rooms.current;const d=a?.editing??null;if(a !==this.#g||d !==this.#h){this.#g=a;this.#h=d;this.#c.value=d?.text??(a?this.#a.drafts.of(a):'');this.#j();}
setHidden(this.#b,!a);if(!a)return;const h=barOf(a)||wordsForExile(this.#a.connection.state);const e=h||words('message.to',{room:a.title});if(this.#c.readOnly !==(h !=='')){this.#c.readOnly=h !=='';this.#j();}
if(this.#c.placeholder !==e)this.#c.placeholder=e;this.#l(a);}
#l(a){const f=a.typingNow();const{notice}=this.#a;let b='';if(a.state==='refused'&&!a.verdict)b=a.problem;else if(f.length===1)b=words('typing.one',{name:f[0]});else if(f.length > 1)b=words('typing.many',{names:listed(f)});else if(notice?.room===a)b=notice.text;this.#f.classList.toggle('typing',f.length > 0);this.#f.classList.toggle('refused',a.state==='refused');setText(this.#f.lastElementChild,b);}
#i(){if(this.#c.readOnly)return;const b=j(this.#c.value);const length=i(b);if(this.#h&&length <=this.#a.textLimit){this.#h.finish(b);return;}
if(length===0||length > this.#a.textLimit||!this.#g){this.focus();return;}
this.#c.value='';this.#a.drafts.set(this.#g,'');this.#j();this.#a.say(b);this.focus();}
#j(){const length=i(j(this.#c.value));const l=this.#a.textLimit;const g=length - l;const m=length >=l * n;setHidden(this.#e,!m);this.#e.classList.toggle('over',g > 0);const k=g > 0?'message.over':'message.left';setText(this.#e,m?words(k,{count:Math.abs(g)}):'');this.#c.setAttribute('aria-invalid',String(g > 0));this.#d.disabled=(length===0&&!this.#h)||g > 0
||this.#c.readOnly;this.#m();}
#m(){if(CSS.supports('field-sizing','content'))return;this.#c.style.height='auto';this.#c.style.height=`${this.#c.scrollHeight + 2}px`;}}
return { ComposerView };
})();
const m56 = (() => {
const { element, setText } = roostModules.m30;
const { tintOf } = m46;
const { fullTime, instant } = m42;
const { count, listed, words } = roostModules.m8;
const { sameName } = roostModules.m2;
const { entryAt } = m41;
const { plainText } = m49;
const w=300;function x(text){return plainText(text.trimStart().slice(0,w)).trim().split('\n')[0];}
function gist({user,text,deleted},me){const y=deleted?words('message.deleted'):x(text);const z=sameName(user,me)?words('message.you'):user;const name=element('bdi',{className:'author',dataset:{tint:tintOf(user)}},z);const className=deleted?'label gone':'label';const aa=element('span',{className,dir:'auto'},y);return [name,aa];}
class Extras{#a;#b;#c;constructor(h,i,ab){this.#a=h;this.#b=i;this.#c=new IntersectionObserver((ac)=>{for(const{target,isIntersecting}of ac){if(!isIntersecting)continue;this.#c.unobserve(target);i.want(target.room,Number(target.dataset.offset));}},{root:ab,rootMargin:'200px'});}
decorate(p,b,room){const{entry,deleted}=b;const f=p.querySelector('.body');const c=f.querySelector('.quote');const ad=entry.reply !==undefined&&!deleted;const d=ad?this.#d(b,room,c):null;if(d !==c){const ae=c !==null&&c===document.activeElement;c?.remove();if(d)f.querySelector('.line').before(d);if(ae)(d??p).focus({preventScroll:true});}
const j=Object.entries(b.reactions??{});const a=f.querySelector('.foot');if(deleted||(!b.edited&&j.length===0)){a?.remove();return;}
this.#e(a??this.#f(f),b,j,room);}
#d(b,room,c){const offset=b.entry.reply;const k=this.#b.find(room,b);const af=()=>words(k===null?'link.gone':'reply.earlier');const q=k?gist(k,this.#a.me)
:[element('span',{className:'label'},af())];const text=q.map((o)=>o.textContent).join(': ');const r=words('reply.label',{text});const disabled=k===null;const ag=c?.getAttribute('aria-label')===r
&&c.disabled===disabled&&c.room===room;if(ag)return c;const d=element('button',{type:'button',className:'quote',tabIndex:-1,dataset:{offset},room,disabled,attributes:{'aria-label':r,'aria-live':'off'},},...q);if(k===undefined)this.#c.observe(d);return d;}
#f(f){const a=element('div',{className:'foot',attributes:{'aria-live':'off'},});f.append(a);return a;}
#e(a,b,j,room){const ah=new Map([...a.querySelectorAll('.reaction')]
.map((e)=>[e.dataset.emoji,e]));const l=a.querySelector('.edited')??element('span',{className:'edited'});const m=b.edited?[this.#g(l,b,room)]:[];for(const [emoji,g] of j){m.push(this.#h(ah.get(emoji)??ai(emoji),emoji,g));}
if(m.length===a.children.length
&&m.every((o,n)=>o===a.children[n]))return;const s=document.activeElement;a.replaceChildren(...m);if(m.includes(s))s.focus({preventScroll:true});}
#g(l,{edited,changing},room){setText(l,words(changing&&edited===Infinity?'message.saving':'message.edited'));const n=entryAt(room.entries,edited)?.at;l.title=n?fullTime(instant(n)):'';return l;}
#h(e,emoji,g){const{me}=this.#a;const t=g.some((name)=>sameName(name,me));const u=g.filter((name)=>!sameName(name,me));const v=listed(t?[...u,words('message.you')]:u);e.setAttribute('aria-pressed',String(t));for(const aj of e.children)aj.title=v;e.setAttribute('aria-label',words('reaction.label',{emoji,names:v}));setText(e.lastElementChild,count(g.length));return e;}}
function ai(emoji){return element('button',{type:'button',className:'reaction',tabIndex:-1,dataset:{emoji},},element('span',{},emoji),' ',element('span',{className:'count'}));}
return { gist, Extras };
})();
const m57 = (() => {
const { words } = roostModules.m8;
const a=(d)=>[...(d?.types??[])].includes('Files');const b=(e)=>e.closest?.('input, textarea');function refuseFiles(c){addEventListener('dragover',(event)=>{const{dataTransfer,target}=event;if(!a(dataTransfer)&&b(target))return;event.preventDefault();dataTransfer.dropEffect=a(dataTransfer)?'copy':'none';});addEventListener('drop',(event)=>{const{dataTransfer,target}=event;if(!a(dataTransfer)&&b(target))return;event.preventDefault();if(a(dataTransfer))c(words('files.none'));});addEventListener('paste',(event)=>{const{clipboardData}=event;if(!a(clipboardData)||clipboardData.getData('text/plain')!=='')return;event.preventDefault();c(words('files.none'));});}
return { refuseFiles };
})();
const m58 = (() => {
const { said } = m53;
const { byID, element, setHidden, setText } = roostModules.m30;
const { words } = roostModules.m8;
class InvitationsView{#a;#b=element('span');#c;constructor(b,c){this.#a=b;const d=said('button','invited.enter',{type:'button',className:'link'});const e=said('button','invited.later',{type:'button',className:'link'});this.#c=element('div',{id:'invited',className:'bar',role:'alert',hidden:true},this.#b,d,e);d.addEventListener('click',async()=>{await b.join(this.#d.room,'private');c.chosen();});e.addEventListener('click',()=>{b.rooms.decline(this.#d.room);c.chosen();});byID('note').after(this.#c);}
get #d(){return this.#a.rooms.invitations[0];}
render(){const a=this.#d;const f=a?.user
?words('invited.by',{name:a.user,room:a.room})
:words('invited',{room:a?.room??''});setText(this.#b,a?f:'');setHidden(this.#c,!a);}}
return { InvitationsView };
})();
const m59 = (() => {
const { words } = roostModules.m8;
class LinkView{#a;#b;#c=null;#d='';constructor(c,b){this.#a=c;this.#b=b;}
render(){const d=this.#b.takePlace();if(d){this.#c=d;this.#d='';}
if(this.#c)this.#e(this.#c);}
#e({room:name,offset}){const a=this.#a.rooms.named(name);if(!a||a.state !=='joined'||a !==this.#a.rooms.current)return;const e=a.entries.find((f)=>f.offset===offset&&!a.isPast(f));if(e){this.#c=null;this.#b.showMessage(e);}else if(this.#d===''&&offset >=1&&offset <=a.position){this.#d='asking';this.#a.history.around(a,offset).then(()=>{if(this.#d==='asking'){this.#d=a.state==='joined'?'answered':'';}
this.#b.schedule();});}else if(this.#d !=='asking'){this.#c=null;this.#b.say(words('link.gone'));}}}
return { LinkView };
})();
const m60 = (() => {
const frequent=['👍','❤️','😂','🎉','😮','😢','🙏','👀'];const b=/^\p{Emoji_Presentation}/u;const c=/^\p{Extended_Pictographic}/u;const d='\uFE0F';function oneEmoji(e){const a=e.trim();const f=[...new Intl.Segmenter().segment(a)];if(f.length !==1)return '';if(b.test(a)||/^\p{Emoji}.*\uFE0F/u.test(a))return a;return c.test(a)&&a.length < 3?a + d:'';}
return { frequent, oneEmoji };
})();
const m61 = (() => {
const { moderations } = m38;
const { byID, element, icon, setText, touchKeyboard } = roostModules.m30;
const { frequent, oneEmoji } = m60;
const { listed, words } = roostModules.m8;
const { sameName } = roostModules.m2;
const e=8;const s=matchMedia('(max-width: 46rem)');const l={reply:'reply',edit:'edit',copy:'copy',link:'link',delete:'delete',mute:'mute',kick:'leave',ban:'lock',};class MenuView{#a;#b;#c=null;#d=element('dialog',{id:'menu',className:'menu'});#e=element('div',{className:'emoji-row',attributes:{role:'group'}});#f;#g=element('input',{type:'text',id:'other-emoji',autocomplete:'off',enterKeyHint:'done',maxLength:64,attributes:{'aria-describedby':'other-problem'},});#h=element('p',{id:'other-problem',className:'problem',role:'alert'});#i=element('div',{className:'deeds'});#j=element('div',{className:'who'});constructor(g,c){this.#b=g;this.#a=c;this.#f=element('form',{noValidate:true},this.#g,this.#h);const t=element('div',{},this.#e,this.#f,this.#i,this.#j);this.#d.append(t);byID('chat').after(this.#d);this.#d.addEventListener('click',(event)=>this.#k(event));this.#d.addEventListener('keydown',(event)=>this.#l(event));this.#g.addEventListener('input',()=>this.#m());this.#f.addEventListener('submit',(event)=>{event.preventDefault();this.#m();if(this.#d.open)this.#n(words('react.one'));});}
open(a,b,h=false){const f=this.#a.of(a);if(f.length===0)return;this.#c=a;this.#o(f,h);const m=touchKeyboard.matches||s.matches;this.#d.classList.toggle('sheet',m);this.#d.showModal();this.#p(m?null:b);this.#d.querySelector('button:not([hidden])')?.focus();}
#o(f,h){const{entry,isPerson,reactions={}}=this.#c;const{me}=this.#b;const n=f.includes('react');const u=(emoji)=>(reactions[emoji]??[]).some((name)=>sameName(name,me));this.#d.setAttribute('aria-label',isPerson
?entry.user:words('menu.label',{name:entry.user}));this.#e.hidden=this.#f.hidden=!n;this.#e.setAttribute('aria-label',words('message.react'));this.#e.replaceChildren(...(n?frequent:[]).map((emoji)=>element('button',{type:'button',dataset:{emoji},attributes:{'aria-pressed':String(u(emoji))},},emoji)));this.#g.value='';this.#g.placeholder=words('react.other');this.#g.setAttribute('aria-label',words('react.other'));this.#n('');this.#i.hidden=h;this.#i.replaceChildren(...f.filter((name)=>name in l).map((name)=>
element('button',{type:'button',dataset:{deed:name}},icon(l[name]),`${words(`message.${name}`)}${moderations.includes(name)?'…':''}`)));this.#j.hidden=h;const v=(name)=>(sameName(name,me)?words('message.you'):name);this.#j.replaceChildren(...Object.entries(reactions).map(([emoji,names])=>
element('p',{className:'hint'},`${emoji} `,element('bdi',{},listed(names.map(v))))));}
#p(b){const{style,offsetWidth,offsetHeight}=this.#d;style.top=style.left='';if(!b)return;const w=document.documentElement.dir==='rtl'?!this.#c.own:this.#c.own;const i=w?b.right - offsetWidth:b.left;const o=b.bottom + e;const x=b.top - e - offsetHeight;const top=o + offsetHeight + e <=innerHeight?o:x;const p=(k,y,d)=>Math.max(e,Math.min(k,d - y - e));style.left=`${p(i,offsetWidth,innerWidth)}px`;style.top=`${p(top,offsetHeight,innerHeight)}px`;}
#k({target}){const{deed,emoji}=target.closest('button')?.dataset??{};const{entry}=this.#c;if(emoji)this.#q(emoji);if(deed){this.#d.close();this.#a.do(deed,entry);}
if(target===this.#d)this.#d.close();}
#q(emoji){this.#d.close();this.#a.react(this.#c.entry,emoji);}
#m(){const emoji=oneEmoji(this.#g.value);if(emoji)this.#q(emoji);else this.#n('');}
#n(words){setText(this.#h,words);this.#g.setAttribute('aria-invalid',String(words !==''));}
#l(event){const{key,target}=event;if(target===this.#g&&!['ArrowDown','ArrowUp'].includes(key))return;const q=document.documentElement.dir==='rtl';const z={ArrowDown:1,ArrowUp:-1,ArrowRight:q?-1:1,ArrowLeft:q?1:-1,};const r=z[key];if(!r)return;event.preventDefault();const aa=this.#e.contains(target);const ab=key==='ArrowRight'||key==='ArrowLeft';const d=[...this.#d.querySelectorAll('button, input')]
.filter((j)=>j.checkVisibility()
&&(ab?this.#e.contains(j):!aa||!this.#e.contains(j)
||j===target));d[(d.indexOf(target)+ r + d.length)% d.length]?.focus();}}
return { MenuView };
})();
const m62 = (() => {
const { element } = roostModules.m30;
const o=64;function p(items){const b=[];let waiting=[];let last=null;for(const a of items){if(!a.entry){waiting.push(a);continue;}
const{epoch,offset}=a.entry;const number=Math.floor(offset / o);const q=last&&(offset===undefined
||(last.epoch===epoch&&last.number===number));if(!q){const key=offset===undefined?'unsent':`${epoch??''} ${number}`;last={key,epoch,number,items:[]};b.push(last);}
if(waiting.length > 0){last.items.push(...waiting);waiting=[];}
last.items.push(a);}
if(waiting.length===0)return b;if(last)last.items.push(...waiting);else b.push({key:'marks',items:waiting});return b;}
class Rows{#a;#b;#c;#d=new Map();#e=new Map();#f=new Set();constructor(d,f,g){this.#a=d;this.#b=f;this.#c=g;}
clear(){this.#a.replaceChildren();this.#d.clear();this.#e.clear();this.#f.clear();}
show(items){const i=this.#d;this.#d=new Map();const e=new Set();for(const{key,items:inside}of p(items)){const name=this.#d.has(key)?`${key} ${this.#d.size}`:key;const{node,items:old}=i.get(name)??{node:r(),items:[]};i.delete(name);const s=(a,t)=>a.entry&&a===old[t];const isNew=old.length !==inside.length||!inside.every(s);if(isNew)for(const a of old)e.add(a.key);this.#d.set(name,{node,items:inside,isNew});}
for(const{node,items:old}of i.values()){node.remove();for(const a of old)e.add(a.key);}
this.#g(e);this.#h();}
#g(e){const b=[...this.#d.values()];const l=b.filter(({isNew})=>isNew);for(const{items}of l)for(const a of items)e.delete(a.key);for(const key of e){this.#e.get(key)?.remove();this.#e.delete(key);}
let place=this.#a.firstChild;for(const{node}of b){if(node===place)place=place.nextSibling;else this.#a.insertBefore(node,place);}
for(const{node,items}of l)this.#i(node,items);}
#i(node,items){let place=node.firstChild;for(const a of items){let row=this.#e.get(a.key);if(!row){row=this.#b(a);this.#e.set(a.key,row);}
this.#c(row,a);if(row===place){place=place.nextSibling;}else{node.insertBefore(row,place);this.#f.add(node);if(node.dataset.settled==='')delete node.dataset.settled;}}}
#h(){const last=this.#a.lastChild;const b=[...this.#f].filter((node)=>node !==last);if(b.length===0)return;for(const node of b)this.#f.delete(node);requestAnimationFrame(()=>requestAnimationFrame(()=>{for(const node of b)if(!this.#f.has(node))node.dataset.settled='';}));}
firstBelow(top){const m=n(this.#a.children,top,0);if(!m)return null;for(let node=m;node;node=node.nextSibling){let row=n(node.children,top,node.offsetTop);while(row&&!row.classList.contains('message'))row=row.nextSibling;if(row)return row;}
return null;}
rowOf(a){return this.#e.get(a?.key);}
topOf(row){return row.isConnected?row.parentNode.offsetTop + row.offsetTop:undefined;}
chunkTopOf(key){return this.#e.get(key)?.parentNode.offsetTop??0;}}
function n(c,top,u){let h=0;let j=c.length;while(h < j){const k=(h + j)>> 1;const node=c[k];if(u + node.offsetTop + node.offsetHeight > top)j=k;else h=k + 1;}
return c[h]??null;}
function r(){return element('div',{className:'chunk',attributes:{role:'none'}});}
return { Rows };
})();
const m63 = (() => {
const { lineOf } = m52;
const { asWished, isMessage } = roostModules.m3;
const { dayKey, dayName, instant } = m42;
const { words } = roostModules.m8;
const { keyOf, mentions } = roostModules.m2;
const y=5 * 60_000;function itemsOf(a,e){const i=[];const me=keyOf(e.me);const pending=a.atEnd?e.outbox.of(a).map(z(e)):[];const r=aa(a.entries);const ab=pending.length===0&&r?.author===me?r:null;const g=new Set();const b={entry:null,me,wishes:a.wishes};const n=(entry,extra,s)=>{const c=b.entry;if(entry.time===undefined){entry.date=instant(entry.at);entry.day=dayKey(entry.date);entry.time=Number(entry.date);entry.minute=Math.floor(entry.time / 60_000);}
const t=ac(entry,c,a,g);const j=s.length > 0?s.concat(t):t;const head=j.length > 0||!ad(c,entry);if(c)i.push(u(b,head));for(const ae of j)i.push(ae);const own=entry.author===me||Boolean(extra);b.entry=entry;b.own=own;b.key=extra?.held?`held ${entry.id}`:af(a,entry,own,g);b.head=head;b.sameMinute=head||c.minute===entry.minute;b.lastOwn=entry===ab;b.past=a.isPast(entry);b.pending=extra?.pending;b.online=extra?.online;b.held=extra?.held;};const l=ag(a);if(l&&a.past.length===0)i.push(l);let gap=[];for(const entry of a.past.entries){if(isMessage(entry)){n(entry,null,gap);gap=[];}
if(entry.end)gap=[ah(entry)];}
if(l?.kind==='loading'&&a.past.length > 0)gap.push(l);const m=ai(a);for(const entry of a.entries){if(!isMessage(entry))continue;while(m[0]?.after < entry.offset)gap.push(m.shift());n(entry,null,gap);gap=[];}
if(a.atEnd)gap.push(...m);for(const{entry,...extra}of pending){n(entry,extra,gap);gap=[];}
if(b.entry)i.push(u(b,true));i.push(...gap);return i;}
function aa(f){let at=f.length - 1;while(at >=0&&!isMessage(f[at]))at -=1;return f[at];}
function u(b,tail){const{entry,own,key,head,sameMinute,lastOwn,past,pending,online,held}=b;const d=entry.item;const mentioned=!own&&(entry.mentioned??=mentions(entry.text,b.me));const k=past||pending?entry:asWished(entry,b.wishes);const aj=d&&!pending&&d.own===own&&d.key===key&&d.head===head
&&d.tail===tail&&d.sameMinute===sameMinute&&d.lastOwn===lastOwn
&&d.past===past;if(aj)return d;entry.item={entry,own,key,head,tail,sameMinute,lastOwn,past,pending,online,held,mentioned,deleted:Boolean(k.deleted),text:k.text,edited:k.edited,reactions:k.reactions,changing:k !==entry,};return entry.item;}
const z=(e)=>(pending)=>{const{text,at,id,name,fields}=pending;const held=e.outbox.isHeld(pending)?e.me:'';const online=e.rooms.get(pending.room)?.state==='joined';const user=name??e.me;const entry={user,author:keyOf(user),text,at,id,reply:fields?.reply};return{entry,pending,online,held};};function af(a,entry,own,g){if(own&&entry.id){const o=`id ${entry.id}`;if(!g.has(o)){g.add(o);return o;}}
return(entry.key??=`${entry.epoch??a.epoch} ${entry.offset}`);}
function ag(a){if(a.epoch===null&&a.state !=='new')return null;if(a.older==='loading'){return{kind:'loading',key:'start loading',text:words('mark.older')};}
if(a.older !=='none'&&a.entries.length > 0)return null;const v=a.entries.length===0;const p=v?a.position <=0:a.first.offset <=1;let text='mark.begins';if(!p)text='mark.notKept';else if(a.renewed)text='mark.renewed';else if(a.kind==='direct')text='mark.direct';else if(v)text='mark.first';const kind=p?'start':'edge';return{kind,key:`start ${p}`,text:words(text,{room:a.title})};}
function ah(entry){const{epoch,offset,end}=entry;return{kind:'missed',key:`gap ${epoch} ${offset}`,text:words(`mark.${end}`)};}
const ai=(a)=>a.acts
.filter(({epoch,after})=>epoch===a.epoch&&after + 1 >=(a.first?.offset??0))
.map((q)=>({kind:'act',key:`act ${q.number}`,text:lineOf(q),after:q.after}));const ak=[];function ac(entry,c,a,g){const w=!c||c.day !==entry.day;const x=entry.offset===a.newFrom&&!a.isPast(entry);if(!w&&!x)return ak;const j=[];if(w){const h=`day ${entry.day}`;const key=g.has(h)?`${h} ${entry.offset}`:h;g.add(h);j.push({kind:'day',key,text:dayName(entry.date)});}
if(x)j.push({kind:'fresh',key:'fresh',text:words('mark.new')});return j;}
function ad(c,entry){if(!c||c.author !==entry.author)return false;return Math.abs(entry.time - c.time)< y;}
return { itemsOf };
})();
const m64 = (() => {
const { byID, element, icon, setHidden, setText } = roostModules.m30;
const { badge } = m42;
const { words } = roostModules.m8;
const { Rows } = m62;
const { itemsOf } = m63;
const { makeMessage, updateMessage } = m50;
const i=400;const k=40;class MessagesView{#a;#b=byID('log');#c=byID('messages');#d;#e=byID('newest');#f=null;#g=null;#h=null;#i=null;#j='';constructor(c,l){this.#a=c;const m={retry:(h)=>c.outbox.retry(h),discard:(h)=>c.outbox.discard(h),decorate:(row,b)=>l.decorate(row,b,this.#f),};this.#d=new Rows(this.#c,n,(row,b)=>{if(b.entry)updateMessage(row,b,m);else setText(row.lastElementChild,b.text);});this.#b.addEventListener('scroll',()=>this.#k(),{passive:true});this.#e.addEventListener('click',()=>{c.history.newest(this.#f);this.#l();});const j=new ResizeObserver(()=>this.#m());j.observe(this.#b);j.observe(this.#c);setInterval(()=>this.render(),60_000);}
render(){const a=this.#a.rooms.current;if(a !==this.#f)this.#n(a);if(!a)return;if(!a.following)this.#h??=this.#o();const f=itemsOf(a,this.#a);this.#p(f);this.#j=f.find((b)=>b.entry&&!b.past)?.key??'';this.#d.show(f);this.#c.classList.toggle('empty',this.#g===null);this.#m();if(a.following)this.#a.rooms.look();this.#q(a);this.#r(a);}
forget(){this.#n(null);}
#n(a){this.#f=a;this.#g=null;this.#h=null;const o=a?words('messages.in',{room:a.title}):words('messages');this.#b.setAttribute('aria-label',o);this.#d.clear();if(a)a.following=true;}
#p(f){const d=f.find((b)=>b.entry)?.key??null;const p=d !==this.#g;this.#g=d;if(p){this.#b.setAttribute('aria-live','off');setTimeout(()=>this.#b.setAttribute('aria-live','polite'),250);}}
#k(){const a=this.#f;if(!a)return;const{scrollTop,scrollHeight,clientHeight}=this.#b;const g=scrollHeight - scrollTop - clientHeight < k;this.#h=g?null:this.#o();if(g !==a.following){a.following=g;this.#q(a);}
if(g)this.#a.rooms.look();this.#r(a);}
#r(a){const{scrollTop,scrollHeight,clientHeight}=this.#b;if(this.#b.clientHeight===0)return;const q=a.past.length > 0?this.#d.chunkTopOf(this.#j):0;if(scrollTop < q + i)this.#a.history.older(a);if(scrollHeight - scrollTop - clientHeight < i)this.#a.history.newer(a);}
#m(){if(!this.#f)return;if(this.#f.following){this.#l();return;}
const top=this.#h?this.#d.topOf(this.#h.row):undefined;if(top===undefined){this.#h=this.#o();}else if(top !==this.#h.top){this.#b.scrollTop +=top - this.#h.top;this.#h.top=top;}}
show(e){const row=this.#d.rowOf(e.item);if(!row)return;this.#f.following=false;this.#i?.removeAttribute('data-found');this.#i=row;row.dataset.found='';row.tabIndex=-1;row.focus({preventScroll:true});this.#b.scrollTop=this.#d.topOf(row)- this.#b.clientHeight / 3;this.#h={row,top:this.#d.topOf(row)};}
#l(){this.#b.scrollTop=this.#b.scrollHeight;}
#o(){const row=this.#d.firstBelow(this.#b.scrollTop);return row?{row,top:this.#d.topOf(row)}:null;}
#q(a){const r=!a.following||!a.atEnd;setHidden(this.#e,!r||a.entries.length===0);this.#e.classList.toggle('fresh',a.unread > 0);const s=words('messages.new',{count:a.unread,shown:badge(a.unread)});setText(this.#e.lastElementChild,a.unread > 0?s:words('messages.newest'));}}
function n(b){if(b.entry)return makeMessage(b);const row=element('li',{className:`mark ${b.kind}`,role:'listitem'});if(b.kind==='start')row.append(icon('bird'));row.append(element('span',{},b.text));return row;}
return { MessagesView };
})();
const m65 = (() => {
const { keyOf } = roostModules.m2;
const g=100;const h=8;const i=30;class RoomList{more=false;#a;#b=[];#c=0;constructor(b){this.#a=b;}
async open(){this.#b=[];this.more=false;const [mine,a]=await Promise.all([this.#a.command('mine').catch(()=>({rooms:[]})),this.#d()]);const j=mine.rooms.filter(({kind})=>kind==='private');this.#b=[...j,...a];}
async #d(after){const f=await this.#a.command('rooms',{after,limit:g});this.more=f.more;return f.rooms;}
fitting(d){const e=keyOf(d.trim());return this.#b.filter(({room,topic=''})=>
keyOf(room).includes(e)||keyOf(topic).includes(e));}
async find(d,e=i){this.#c +=1;const c=this.#c;for(let a=0;a < h&&this.more;a +=1){if(this.fitting(d).length >=e)break;const k=await this.#d(this.#b[this.#b.length - 1]?.room);if(c !==this.#c)return false;this.#b.push(...k);}
return true;}}
return { RoomList };
})();
const m66 = (() => {
const { CommandError, Disconnected } = roostModules.m0;
const { beside, iconButton, labelled, makeDialog, problemLine, said, searchField } = m53;
const { byID, composes, element, icon, reconcile, setHidden, setText } = roostModules.m30;
const { words } = roostModules.m8;
const { RoomList } = m65;
const { nameIn, wordsForError } = roostModules.m27;
class RoomsView{#a;#b;#c;#d=iconButton('search','rooms.all',{id:'open-all-rooms',ariaHasPopup:'dialog'});#e=searchField('rooms-filter','rooms.filter',128);#f=element('ul',{className:'found',attributes:{tabindex:-1}});#g=element('p',{className:'hint',role:'status'});#h=said('button','rooms.more',{type:'button',className:'link more'});#i=element('input',{id:'new-room',type:'text',autocomplete:'off',autocapitalize:'off',spellcheck:false,maxLength:128,required:true,attributes:{'aria-describedby':'new-room-problem'},});#j=element('input',{type:'checkbox'});#k=problemLine('new-room-problem');#l=element('button',{type:'button',className:'offer',hidden:true});#m=30;#n=false;#o;constructor(a,e){this.#a=a;this.#b=e;this.#c=new RoomList(a.connection);const d=said('button','rooms.create',{type:'submit',className:'secondary'});const f=element('form',{className:'new-room',noValidate:true},said('h3','rooms.new'),beside(labelled('rooms.newName',this.#i),d),element('label',{className:'show'},this.#j,said('span','rooms.private')),this.#k,this.#l);const l=[this.#f,this.#g,this.#h];const m=element('div',{className:'found-box'},...l);const g=said('h2','rooms.all');this.#o=makeDialog('all-rooms',g,this.#e,m,f);byID('rooms-title').after(this.#d);this.#p(f);}
#p(f){this.#a.connection.on('welcome',()=>this.#q());this.#d.addEventListener('click',()=>this.#r());this.#e.addEventListener('input',()=>this.#s());this.#e.addEventListener('keydown',(event)=>{if(event.key !=='Enter'||composes(event))return;this.#f.querySelector('button')?.click();});this.#h.addEventListener('click',()=>{this.#m=this.#f.childElementCount + 30;this.#s(this.#m);});this.#f.addEventListener('click',({target})=>{const b=target.closest('button');if(b)this.#t(b.dataset.name);});this.#l.addEventListener('click',()=>{this.#i.value=this.#l.value;this.#u();});f.addEventListener('submit',(event)=>{event.preventDefault();this.#u();});}
async #r(){this.#e.value=this.#i.value='';this.#j.checked=false;this.#m=30;this.#v('');setText(this.#g,'');this.#o.showModal();this.#e.focus();await this.#w(()=>this.#c.open());}
async #s(count){if(count===undefined)this.#m=30;this.#x();await this.#w(()=>this.#c.find(this.#e.value,this.#m));}
async #w(n){this.#n=false;try{if(await n()!==false)this.#x();}catch(c){this.#n=c instanceof Disconnected;setText(this.#g,problemOf(c));}}
async #q(){if(!this.#n||!this.#o.open)return;await this.#w(()=>this.#c.open());await this.#s(this.#m);}
#x(){const k=this.#c.fitting(this.#e.value);const h=k.slice(0,this.#m);reconcile(this.#f,h,({room})=>room,o,(i,room)=>p(i,room,this.#a.rooms.named(room.room)));const q=h.length===0&&!this.#c.more;setText(this.#g,q?words('rooms.nothing'):'');setHidden(this.#h,!this.#c.more&&h.length===k.length);}
async #t(name){await this.#a.join(name);this.#y();}
#y(){const{problem}=this.#a.rooms;this.#v(problem);if(problem){this.#a.rooms.problem='';return;}
this.#o.close();this.#b.chosen();}
async #u(){const name=this.#i.value.trim();if(name===''){this.#i.focus();return;}
try{if(this.#j.checked)await this.#a.rooms.create(name);else await this.#a.join(name);this.#y();}catch(c){this.#v(problemOf(c));}
if(this.#o.open)this.#i.focus();}
#v(j){setText(this.#k,j);offer(this.#l,nameIn(j));this.#i.setAttribute('aria-invalid',String(j !==''));}
render(){setHidden(this.#d,!this.#a.can('rooms'));if(this.#a.phase !=='in'&&this.#o.open)this.#o.close();}}
function offer(b,room){b.value=room;setHidden(b,room==='');setText(b,room?words('rooms.as',{room}):'');}
function problemOf(c){return c instanceof CommandError?wordsForError(c):words('account.lost');}
function o({room,kind}){const b=element('button',{type:'button'},icon(kind==='private'?'lock':'hash'),element('span',{className:'about'},element('bdi',{className:'label',title:room},room),element('bdi',{className:'label topic'})),element('span',{className:'figure'}));b.dataset.name=room;return element('li',{},b);}
function p(i,{topic='',kind,count},r){const [,about,figure]=i.firstElementChild.children;setText(about.lastElementChild,topic);about.lastElementChild.title=topic;const s=count===undefined?'':words('people.count',{count});const t=kind==='private'?words('rooms.invited'):s;setText(figure,r?words('rooms.youAreHere'):t);}
return { RoomsView, offer, problemOf };
})();
const m67 = (() => {
const { lineOf, untilOf } = m52;
const { iconButton, makeDialog, problemLine, said } = m53;
const { byID, element, reconcile, setHidden, setText } = roostModules.m30;
const { words } = roostModules.m8;
const { avatar } = m50;
const { problemOf } = m66;
const g=20;async function sanctionsOf(connection){const all=[];for(let d=0,more=true;more&&d < g;d +=1){const after=all[all.length - 1]?.number;const c=await connection.command('sanctions',{after});all.push(...c.sanctions);more=c.more&&c.sanctions.length > 0;}
return all;}
class SanctionsView{#a;#b=iconButton('lock','moderate.all',{id:'open-sanctions',ariaHasPopup:'dialog'});#c=element('ul',{className:'found members',attributes:{tabindex:-1}});#d=element('p',{className:'hint',role:'status'});#e=problemLine('sanctions-problem');#f=makeDialog('sanctions',said('h2','moderate.all'),element('div',{className:'found-box'},this.#c,this.#d),this.#e);constructor(a){this.#a=a;byID('members-panel').querySelector('h2').after(this.#b);this.#b.addEventListener('click',()=>{this.#f.showModal();this.#g();});this.#c.addEventListener('click',async({target})=>{const{action,room,user}=target.closest('button')?.dataset??{};if(action)await this.#g(()=>a.connection.command(action,{room,user}));});}
async #g(b){setText(this.#e,'');let all;try{await b?.();all=await sanctionsOf(this.#a.connection);}catch(h){setText(this.#e,problemOf(h));return;}
const i=this.#c.contains(document.activeElement);reconcile(this.#c,all.reverse(),({number})=>number,j,()=>{});if(i&&!this.#c.contains(document.activeElement)){(this.#c.querySelector('button')??this.#c).focus();}
setText(this.#d,all.length > 0?'':words('moderate.none'));}
render(){const{phase,connection}=this.#a;setHidden(this.#b,!connection.welcome?.moderator);if(phase !=='in'&&this.#f.open)this.#f.close();}}
function j({action,room,user,...more}){const everywhere=room==='*';const b={action,user,everywhere,came:Date.parse(more.at),...more};const e=words(`message.un${action}`);const f=everywhere?[]:[element('bdi',{className:'label'},room)];if(more.until)f.push(untilOf(b));return element('li',{},avatar(user),element('span',{className:'about'},element('span',{},lineOf(b)),element('span',{className:'where'},...f)),element('button',{type:'button',className:'link',dataset:{action:`un${action}`,room,user},ariaLabel:`${e}: ${user}`,},e));}
return { sanctionsOf, SanctionsView };
})();
const m68 = (() => {
const { labelled, makeDialog, problemLine } = m53;
const { byID, element, setHidden, setText } = roostModules.m30;
const { lasting } = m42;
const { words } = roostModules.m8;
const { sameName } = roostModules.m2;
const { problemOf } = m66;
const { sanctionsOf } = m67;
const c=[600,3_600,86_400];const h=123;class ModerationView{#a;#b='';#c='';#d=[];#e=element('h2');#f=element('select',{id:'moderate-time'});#g=labelled('moderate.time',this.#f);#h=element('select',{id:'moderate-where'});#i=element('input',{id:'moderate-reason',type:'text',autocomplete:'off',dir:'auto',maxLength:h,attributes:{'aria-describedby':'moderate-problem'},});#j=problemLine('moderate-problem');#k=element('button',{type:'button',className:'link'});#l=element('button',{type:'submit',className:'primary'});#m;constructor(a,j){this.#a=a;const e=element('form',{noValidate:true},this.#g,labelled('moderate.where',this.#h),labelled('moderate.reason',this.#i),this.#j,element('p',{className:'choices'},this.#k,this.#l));this.#m=makeDialog('moderate',this.#e,e);e.addEventListener('input',()=>{setText(this.#j,'');this.#n();});this.#k.addEventListener('click',()=>this.#o(`un${this.#b}`));e.addEventListener('submit',(event)=>{event.preventDefault();this.#o(this.#b);});byID('members').addEventListener('click',({target})=>{const f=target.closest('.do-more');const entry={user:f?.dataset.name};if(f)j.open({entry,isPerson:true},f.getBoundingClientRect());});}
open(action,name){const room=this.#a.rooms.current;this.#b=action;this.#c=name;const i=words(`message.${action}`);setText(this.#e,`${i}: ${name}`);setText(this.#l,i);const g=action==='kick';setHidden(this.#g,g);setText(this.#k,g?'':words(`message.un${action}`));const d=(value,k)=>element('option',{value},k);this.#f.replaceChildren(...c.map((b)=>d(b,lasting(b))),d('',words('act.good')));this.#h.replaceChildren(...(room.kind==='direct'?[]:[d(room.name,room.title)]),d('*',words('moderate.everywhere')));this.#i.value='';setText(this.#j,'');this.#n();sanctionsOf(this.#a.connection).then((l)=>{this.#d=l;this.#n();},()=>{});this.#m.showModal();(g?this.#i:this.#f).focus();}
#n(){setHidden(this.#k,!this.#d.some(({action,user,room})=>
action===this.#b&&sameName(user,this.#c)&&room===this.#h.value));}
async #o(action){const reason=this.#i.value.trim();const seconds=action===this.#b&&Number(this.#f.value);setText(this.#j,'');if(new TextEncoder().encode(reason).length > h){setText(this.#j,words('error.too_long'));return;}
try{await this.#a.connection.command(action,{room:this.#h.value,user:this.#c,reason,...(seconds&&action !=='kick'?{seconds}:{}),});this.#m.close();}catch(m){setText(this.#j,problemOf(m));}}
render(){if(this.#a.phase !=='in'&&this.#m.open)this.#m.close();}}
return { ModerationView };
})();
const m69 = (() => {
const { byID, composes } = roostModules.m30;
const b=[];const c=()=>document.querySelector('dialog[open]')!==null;class Drawer{#a;#b;#c;constructor(a,opener,h){this.#a=a;this.#b=opener;this.#c=matchMedia(h);this.#c.addEventListener('change',()=>this.close());opener.addEventListener('click',()=>this.#d());a.querySelector('.close').addEventListener('click',()=>this.close());document.addEventListener('keydown',(event)=>{if(event.key !=='Escape'||composes(event)||c())return;if(this.isOpen)this.close();});document.addEventListener('pointerdown',(event)=>{if(c()||a.contains(event.target))return;if(this.isOpen)this.close();});b.push(this);this.close();}
get isOpen(){return this.#a.classList.contains('open');}
#d(){this.#a.classList.add('open');this.#a.inert=false;this.#e(true);this.#b.setAttribute('aria-expanded','true');this.#a.querySelector('.close').focus();}
close(){const{activeElement}=document;const i=this.#a.contains(activeElement)||activeElement===document.body;const d=this.isOpen;if(d)this.#e(false);this.#a.classList.remove('open');this.#a.inert=this.#c.matches;this.#b.setAttribute('aria-expanded','false');if(d&&i&&this.#c.matches)this.#b.focus();}
#e(e){for(const f of byID('chat').children)if(f !==this.#a)f.inert=e;for(const g of b)if(!e&&g !==this)g.close();}}
return { Drawer };
})();
const m70 = (() => {
const { ask } = m37;
const { byID, composes, element, icon, reconcile, setHidden, setText } = roostModules.m30;
const { Drawer } = m69;
const { badge } = m42;
const { words } = roostModules.m8;
const { compareNames, sameName } = roostModules.m2;
const { listLimit } = roostModules.m9;
const { avatar } = m50;
const { offer } = m66;
const { nameIn } = roostModules.m27;
class PanelsView{#a;#b;#c;#d=byID('rooms');#e=byID('directs');#f=byID('members');#g=byID('join');#h=byID('join-name');#i=byID('join-problem');#j=byID('join-offer');note='';#k='';#l='';#m=[new Drawer(byID('rooms-panel'),byID('open-rooms'),'(max-width: 46rem)'),new Drawer(byID('members-panel'),byID('open-members'),'(max-width: 68rem)'),];constructor(b,g,k){this.#a=b;this.#b=g;this.#c=k;this.#g.addEventListener('submit',async(event)=>{event.preventDefault();const name=this.#h.value.trim();if(name==='')return;await b.join(name);this.#k=b.rooms.problem;if(b.rooms.problem){this.#h.focus();return;}
this.#h.value='';this.chosen();});this.#j.addEventListener('click',()=>{this.#h.value=this.#j.value;this.#g.requestSubmit();});for(const list of [this.#d,this.#e]){list.addEventListener('click',(event)=>{const c=event.target.closest('button');if(!c)return;b.rooms.select(b.rooms.get(c.dataset.key));this.chosen();});}
this.#f.addEventListener('click',(event)=>{const c=event.target.closest('.do-write');if(!c)return;b.rooms.write(c.dataset.name);this.chosen();});this.#h.addEventListener('keydown',(event)=>{if(event.key==='Enter'&&composes(event))event.preventDefault();});byID('note-close').addEventListener('click',()=>{b.rooms.problem=this.note='';this.render();});for(const ad of ['note-close','retry','newest']){byID(ad).addEventListener('click',()=>this.#c());}
byID('leave').addEventListener('click',()=>this.leave());byID('sign-out').addEventListener('click',()=>this.signOut());addEventListener('keydown',(event)=>{if(composes(event)||document.querySelector('dialog[open]'))return;if(event.altKey&&event.key==='ArrowDown')this.#n(event,1);if(event.altKey&&event.key==='ArrowUp')this.#n(event,-1);});}
chosen(){this.closeDrawers();this.#c();}
closeDrawers(){for(const ae of this.#m)ae.close();}
async leave(){const a=this.#a.rooms.current;if(a&&await this.#o(a))this.#a.leave(a);}
async signOut(af=false){if(await this.#o())this.#a.signOut(af);}
async #o(a){const p=this.#a.outbox.unsent(a).length;const g=this.#b.waiting(a).length;const h=[];if(p)h.push(words('unsent',{count:p}));if(g)h.push(words('unsent.changes',{count:g}));let agree=words('signOut');if(h.length > 0){h.push(a?words('loss.leave',{room:a.title}):words('loss.signOut'));agree=words(a?'loss.andLeave':'loss.andSignOut');}
const{account,rooms}=this.#a;if(!a&&!account&&rooms.list.some(({kind})=>kind !=='open')){h.push(words('loss.name'));}
if(h.length===0)return true;const s=await ask(h.join(' '),{agree,refuse:words('loss.stay')});if(s)this.#b.forget(a);return s;}
#n(event,ag){const{current}=this.#a.rooms;const list=[...this.#p('rooms'),...this.#p('directs')];const t=list.indexOf(current);if(list.length < 2||t < 0)return;event.preventDefault();this.#a.rooms.select(list[(t + ag + list.length)% list.length]);}
render(){const{rooms,me}=this.#a;const{current,problem}=rooms;const u=(i,a)=>ah(i,a,a===current);const j=this.#p('directs');reconcile(this.#d,this.#p('rooms'),(a)=>a.key,v,u);reconcile(this.#e,j,(a)=>a.key,v,u);for(const l of [byID('directs-title'),this.#e]){setHidden(l,j.length===0);}
this.#q(problem);if(me !==this.#l){this.#l=me;n(byID('me'),me);byID('my-avatar').replaceChildren(avatar(me));}
const{account}=this.#a;setText(byID('open-account'),words(account?'account.own':'account.keep'));byID('sign-out').disabled=this.#a.signingOut;this.#r(current);this.#s(current);this.#t(current);}
#p(ai){const{list}=this.#a.rooms;if(ai==='rooms')return list.filter(({kind})=>kind !=='direct');return list.filter(({kind})=>kind==='direct')
.sort((aj,ak)=>compareNames(aj.title,ak.title));}
#q(problem){const al=this.#h.checkVisibility?.({visibilityProperty:true})??true;const o=problem !==''&&problem===this.#k&&al;setText(this.#i,o?problem:'');this.#h.setAttribute('aria-invalid',String(o));offer(this.#j,o?nameIn(problem):'');const w=(o?'':problem)||this.note;setHidden(byID('note'),w==='');setText(byID('note-words'),w);}
#s(current){const x=this.#a.rooms.list.filter((a)=>a !==current&&a.unread > 0);const d=x.reduce((am,a)=>am + a.unread,0);const m=x.some((a)=>a.mentioned);const f=byID('elsewhere');setText(f,d > 0?badge(d):'');setHidden(f,d===0);f.classList.toggle('mentioned',m);let e=d > 0?words('rooms.unread',{count:d}):words('rooms');if(m)e +=`, ${words('rooms.forYou')}`;const opener=byID('open-rooms');if(opener.ariaLabel !==e)opener.setAttribute('aria-label',e);}
#r(a){n(byID('room-name'),a?.title??words('rooms.none'));n(byID('topic'),a?.topic??'');const kind=a?.kind??'open';y(byID('room-icon'),kind);setHidden(byID('leave'),!a);setText(byID('leave'),words(kind==='direct'?'close':'room.leave'));byID('leave').ariaLabel=words(kind==='direct'?'direct.close':'room.leaveThis');setHidden(byID('open-members'),!a);setHidden(byID('no-room'),Boolean(a));const count=a?.count??0;setText(byID('member-count'),words(count > 0?'people.count':'people',{count}));}
#t(a){this.#a.people.look(a);const an=a?.members?[...a.members.values()].sort(compareNames):[];const{me}=this.#a;const ao=new Set(a?.typingNow());const ap=this.#a.can('direct');const{moderator}=this.#a.connection.welcome??{};reconcile(this.#f,an,(name)=>name,aq,(i,name)=>{i.classList.toggle('typing',ao.has(name));const q=sameName(name,me);setText(i.querySelector('.you'),q?` ${words('people.you')}`:'');const [write,more]=i.querySelectorAll('button');setHidden(write,q||!ap);z(write,words('direct.write',{name}));setHidden(more,q||!moderator);z(more,`${words('message.actions')}: ${name}`);});const ar=a?.state==='joined'&&!a.members&&a.count > listLimit;setText(byID('crowd'),ar?words('people.crowd',{count:a.count}):'');}}
function n(l,name){setText(l,name);if(l.title !==name)l.title=name;}
function z(c,e){if(c.title !==e)c.title=e;}
const aa={open:'#icon-hash',private:'#icon-lock',direct:'#icon-people'};function y(as,kind){const ab=as.firstElementChild;if(ab.getAttribute('href')!==aa[kind])ab.setAttribute('href',aa[kind]);}
function v(a){const name=element('bdi',{className:'label'});const badge=element('span',{className:'badge',hidden:true});const r=a.kind==='direct'?avatar(a.title):icon('hash');const c=element('button',{type:'button'},r,name,badge);c.dataset.key=a.key;return element('li',{},c);}
function ah(i,a,current){const c=i.firstElementChild;const [r,name,f]=c.children;if(a.kind !=='direct')y(r,a.kind);n(name,a.title);setText(f,badge(a.unread));setHidden(f,a.unread===0);const au=a.mentioned&&a.kind !=='direct'?`, ${words('rooms.forYou')}`:'';const e=words('room.unread',{count:a.unread})+ au;if(f.getAttribute('aria-label')!==e)f.setAttribute('aria-label',e);f.setAttribute('role','img');c.classList.toggle('unread',a.unread > 0);f.classList.toggle('mentioned',a.mentioned);c.classList.toggle('away',a.state !=='joined');if(current)c.setAttribute('aria-current','true');else c.removeAttribute('aria-current');}
function aq(name){const e=element('bdi',{className:'label',title:name},name);const av=element('span',{className:'you'});const [write,more]=['write','more'].map((ac)=>element('button',{type:'button',className:`icon-button do-${ac}`,dataset:{name},},icon(ac)));more.ariaHasPopup='dialog';return element('li',{},avatar(name),e,av,write,more);}
return { PanelsView };
})();
const m71 = (() => {
const { ask } = m37;
const { beside, iconButton, labelled, makeDialog, problemLine, said } = m53;
const { byID, element, icon, reconcile, setHidden, setText } = roostModules.m30;
const { words } = roostModules.m8;
const { compareNames, keyOf, sameName } = roostModules.m2;
const { avatar } = m50;
const { problemOf } = m66;
const { textNodes } = m49;
const p=200;class RoomView{#a;#b=null;#c=null;#d=iconButton('info','room.about',{id:'open-room',ariaHasPopup:'dialog'});#e=element('bdi');#f=said('p','room.private',{className:'hint'});#g=element('input',{id:'room-topic',type:'text',autocomplete:'off',maxLength:p * 2,dataset:{hint:'room.topicNone'},dir:'auto',attributes:{'aria-describedby':'room-topic-hint room-problem'},});#h=element('div',{id:'topic-whole',className:'bubble'});#i='';#j=said('button','room.topicSave',{type:'submit',className:'secondary'});#k=beside(labelled('room.topic',this.#g),this.#j);#l=said('p','room.topicOwn',{id:'room-topic-hint',className:'hint'});#m=element('p',{className:'hint'});#n=element('h3');#o=element('ul',{className:'found members',attributes:{tabindex:-1}});#p=element('input',{id:'room-guest',type:'text',autocomplete:'off',autocapitalize:'off',spellcheck:false,maxLength:64,});#q=element('datalist',{id:'room-guests'});#r;#s=element('p',{className:'hint',role:'status'});#t=problemLine('room-problem');#u=said('button','room.leaveForGood',{type:'button',className:'link bad'});#v;constructor(d,q){this.#a=d;this.#p.setAttribute('list',this.#q.id);const b=element('form',{noValidate:true},this.#k,this.#l);const f=said('button','room.invite',{type:'submit',className:'secondary'});this.#r=element('form',{noValidate:true},beside(labelled('room.inviteName',this.#p),f),this.#q);const g=said('button','room.leaveThis',{type:'button',className:'secondary'});this.#v=makeDialog('room',element('h2',{},this.#e),this.#f,this.#m,this.#h,b,this.#n,element('div',{className:'found-box'},this.#o),this.#r,this.#s,this.#t,element('p',{className:'choices'},this.#u,g));byID('leave').before(this.#d);this.#d.addEventListener('click',()=>this.#w());b.addEventListener('submit',(event)=>this.#x(event,()=>this.#y()));this.#r.addEventListener('submit',(event)=>this.#x(event,()=>this.#z()));this.#o.addEventListener('click',(event)=>{const name=event.target.closest('button')?.dataset.name;if(name)this.#x(event,()=>this.#aa(name));});g.addEventListener('click',()=>{this.#v.close();q.leave();});this.#u.addEventListener('click',(event)=>this.#x(event,()=>this.#ab()));}
#w(){this.#b=this.#a.rooms.current;this.#g.value=this.#b.topic;this.#p.value='';setText(this.#s,'');setText(this.#t,'');this.#c=null;this.#v.showModal();this.render();this.#ac();}
async #ac(){const a=this.#b;if(a.kind !=='private')return;const j=await a.link.command('who').catch(()=>null);if(a===this.#b&&j?.people)this.#c=j.people;this.render();}
async #x(event,r){event.preventDefault();setText(this.#t,'');setText(this.#s,'');try{await r();}catch(s){setText(this.#t,problemOf(s));}
this.#ac();}
async #y(){await this.#b.link.command('topic',{text:this.#g.value.trim()});setText(this.#s,words('room.topicSaved'));}
async #z(){const name=this.#p.value.trim();this.#p.focus();if(name==='')return;await this.#b.link.command('invite',{user:name});this.#p.value='';setText(this.#s,words('room.invited',{name}));}
async #aa(name){await this.#b.link.command('uninvite',{user:name});setText(this.#s,words('room.uninvited',{name}));this.#o.focus();}
async #ab(){const a=this.#b;const agree=words('room.leaveForGood');const t=this.#c?.length===1?'room.lossOfAll':'room.lossForGood';const u=words(t,{room:a.title});if(!(await ask(u,{agree,refuse:words('loss.stay')})))return;await a.link.command('uninvite',{user:this.#a.me});this.#v.close();this.#a.leave(a);}
render(){const{rooms,phase,account,me}=this.#a;const{current}=rooms;setHidden(this.#d,!current||current.kind==='direct'||current.epoch===null);if(!this.#v.open)return;const a=this.#b;if(phase !=='in'||a !==current){this.#v.close();return;}
const h=a.kind==='private';setText(this.#e,a.title);for(const v of [this.#f,this.#r,this.#u])setHidden(v,!h);setHidden(this.#h,a.topic==='');if(a.topic !==this.#i){this.#i=a.topic;this.#h.replaceChildren(...textNodes(a.topic));}
setHidden(this.#k,!account);setHidden(this.#l,account);setHidden(this.#m,!h||!a.creator);setText(this.#m,words('room.creator',{name:a.creator}));const c=h?this.#c:null;setText(this.#n,words(c?'room.people':'people.here'));const k=a.members??new Map();const e=(c??[...k.values()]).toSorted(compareNames);const w=h&&sameName(a.creator,me);reconcile(this.#o,e,(name)=>name,x,(i,name)=>{const l=c&&a.members&&!k.has(keyOf(name));i.classList.toggle('absent',l);setText(i.querySelector('.figure'),l?words('room.absent'):'');const m=i.querySelector('button');setHidden(m,!w||sameName(name,me));m.title=words('room.uninvite',{name});});this.#ad(a);}
#ad(a){if(a.kind !=='private')return;const n=new Map(this.#a.rooms.list.flatMap(({members})=>[...members??[]]));for(const name of this.#c??a.members?.values()??[])n.delete(keyOf(name));const e=[...n.values()].sort(compareNames);reconcile(this.#q,e,(name)=>name,(name)=>element('option',{value:name}),()=>{});}}
function x(name){const o=element('button',{type:'button',className:'icon-button'},icon('close'));o.dataset.name=name;return element('li',{},avatar(name),element('bdi',{className:'label',title:name},name),element('span',{className:'figure'}),o);}
return { RoomView };
})();
const m72 = (() => {
const m=160;const n=50;const o=['Han','Hira','Kana','Thai','Laoo','Khmr','Mymr']
.map((p)=>`\\p{sc=${p}}`).join('');const q=`(?<![\\p{L}\\p{N}])`;const r=`(?![\\p{L}\\p{N}])`;const s=new RegExp(`^[${o}]`,'u');const t=`[\\p{L}\\p{N}]*`;const e=(a)=>a.normalize('NFKD').replace(/\p{M}/gu,'').toLowerCase();function v(a){let made='';const from=[];let at=0;for(const f of a){for(const w of e(f).split('')){made +=w;from.push(at);}
at +=f.length;}
return{made,from:[...from,at]};}
function x(g){const h=e(g).match(/[\p{L}\p{N}]+/gu)??[];if(h.length===0)return '';const c=h.join('[^\\p{L}\\p{N}]+');if(s.test(c))return c;return `${q}${c}${g.endsWith('*')?t:r}`;}
function excerpt(a,y){const z=y.match(/"[^"]*"?|[^\s"]+/gu)??[];const i=z.map(x).filter(Boolean).join('|');const{made,from}=v(a);const aa=i?[...made.matchAll(new RegExp(i,'gu'))]:[];const j=aa.map(({0:hit,index})=>[from[index],from[index + hit.length]]);const b=ab(a,Math.max(0,(j[0]?.[0]??0)- n));const stop=b + m;const d=[{text:b > 0?'…':'',isHit:false}];let at=b;for(const [first,last] of j){if(first < at||last > stop)continue;d.push({text:a.slice(at,first),isHit:false},{text:a.slice(first,last),isHit:true});at=last;}
const k=a.slice(at,Math.max(at,stop));d.push({text:a.length > stop?`${k.trimEnd()}…`:k,isHit:false});return d.filter((ac)=>ac.text !=='');}
function ab(a,at){if(at===0)return 0;const l=a.slice(at,at + 20).search(/\s/u);const b=l < 0?at:at + l + 1;return /[\uDC00-\uDFFF]/u.test(a[b]??'')?b + 1:b;}
return { excerpt };
})();
const m73 = (() => {
const { Disconnected } = roostModules.m0;
const { iconButton, makeDialog, said, searchField } = m53;
const { byID, composes, element, setHidden, setText } = roostModules.m30;
const { clockTime, dayName, fullTime, instant } = m42;
const { excerpt } = m72;
const { words } = roostModules.m8;
const { hashOf } = roostModules.m32;
const { avatar } = m50;
const { problemOf } = m66;
const { plainText } = m49;
const n=250;const o=6;class SearchView{#a;#b;#c=iconButton('search','search',{id:'open-search',ariaHasPopup:'dialog'});#d=searchField('search-text','search.hint',200);#e=element('input',{type:'checkbox'});#f=element('span');#g=element('ul',{className:'found',attributes:{tabindex:-1}});#h=element('p',{className:'hint',role:'status'});#i=said('button','search.more',{type:'button',className:'link more',hidden:true});#j;#k=0;#l=0;#m=undefined;#n=null;constructor(a,d){this.#a=a;this.#b=d;this.#j=makeDialog('search',said('h2','search'),this.#d,element('label',{className:'show'},this.#e,this.#f),element('div',{className:'found-box'},this.#g,this.#h,this.#i));byID('open-members').before(this.#c);this.#c.addEventListener('click',()=>this.#o());this.#d.addEventListener('input',()=>this.#p());this.#e.addEventListener('change',()=>this.#q());this.#i.addEventListener('click',()=>this.#r(this.#m));this.#d.addEventListener('keydown',(event)=>{if(event.key==='Enter'&&!composes(event))this.#q();if(event.key==='ArrowDown')this.#g.querySelector('button')?.focus();});this.#g.addEventListener('keydown',(event)=>this.#s(event));this.#g.addEventListener('click',({target})=>{const e=target.closest('button');if(e)this.#t(e.dataset);});addEventListener('keydown',(event)=>{if(composes(event)||document.querySelector('dialog[open]'))return;const{key,ctrlKey,metaKey,altKey,target}=event;const p=(ctrlKey||metaKey)&&!altKey&&key.toLowerCase()==='k';const q=key==='/'&&!ctrlKey&&!metaKey&&!altKey
&&!target.closest?.('input, textarea, select');if(!(p||q)||this.#c.hidden||a.phase !=='in')return;event.preventDefault();this.#o();});}
#o(){const room=this.#a.rooms.current;setText(this.#f,words('search.here',{room:room?.title??''}));setHidden(this.#e.parentElement,!room);this.#j.showModal();this.#d.focus();this.#d.select();this.#q();}
#p(){clearTimeout(this.#l);this.#l=setTimeout(()=>this.#q(),n);}
#q(){clearTimeout(this.#l);this.#k +=1;if(/[\p{L}\p{N}]/u.test(this.#d.value)){this.#r();return;}
this.#g.replaceChildren();this.#h.classList.remove('unseen');setHidden(this.#i,true);setText(this.#h,words('search.help'));}
async #r(before){this.#k +=1;this.#n=null;const b=this.#k;const text=this.#d.value.trim();const room=this.#e.checked?this.#a.rooms.current?.name:undefined;const g=[];let from=before;this.#h.classList.remove('unseen');setText(this.#h,words('search.busy'));if(this.#u){this.#n={before};return;}
try{for(let i=0;i < o;i +=1){const h=await this.#a.connection.command('search',{text,room,before:from});if(b !==this.#k)return;g.push(...h.messages);from=h.more?h.before:undefined;if(g.length > 0||from===undefined)break;}}catch(j){if(b !==this.#k)return;this.#n=j instanceof Disconnected?{before}:null;setText(this.#h,problemOf(j));return;}
this.#m=from;const k=g.map((r)=>this.#v(r,text));if(before===undefined)this.#g.replaceChildren(...k);else this.#g.append(...k);const l=this.#g.childElementCount===0;setHidden(this.#i,from===undefined);const count=this.#g.childElementCount;this.#h.classList.toggle('unseen',!l);const s=from===undefined?words('search.nothing'):'';setText(this.#h,l?s:words('search.found',{count}));}
#v({room:name,user,text,at,offset},t){const f=instant(at);const room=this.#a.rooms.named(name);const v=element('time',{dateTime:f.toISOString(),title:fullTime(f)},`${dayName(f)} ${clockTime(f)}`);const w=excerpt(plainText(text),t).map(({text:part,isHit})=>
(isHit?element('mark',{},part):part));const e=element('button',{type:'button',dataset:{room:name,offset}},avatar(user),element('span',{className:'about'},element('span',{className:'where'},element('bdi',{className:'label'},user),element('bdi',{className:'label'},room?.title??name),v),element('span',{className:'excerpt',dir:'auto'},...w)));return element('li',{},e);}
#s(event){const c=event.target.closest('li');if(!c||!['ArrowDown','ArrowUp'].includes(event.key))return;event.preventDefault();const m=event.key==='ArrowDown'?c.nextSibling:c.previousSibling;if(m)m.firstElementChild.focus();else if(event.key==='ArrowUp')this.#d.focus();}
#t({room,offset}){this.#j.close();this.#b.closeDrawers();location.hash=hashOf({name:room},Number(offset));}
render(){setHidden(this.#c,!this.#a.can('search'));if(this.#a.phase !=='in'&&this.#j.open)this.#j.close();const{phase}=this.#a.connection.state;if(this.#n&&this.#j.open&&phase==='open'&&!this.#u){this.#r(this.#n.before);}}
get #u(){const{connection,rooms}=this.#a;return connection.state.phase==='open'
&&rooms.list.some(({state})=>state==='away');}}
return { SearchView };
})();
const m74 = (() => {
const { byID, element, setHidden, setText } = roostModules.m30;
const { isMessage } = roostModules.m3;
const { moment } = m42;
const { words } = roostModules.m8;
const { keyOf, sameName } = roostModules.m2;
const { seen, setSeen } = roostModules.m4;
const { makeMessage, updateMessage } = m50;
const k=50;const l=50_000;const m=1_000;const n=(o,p)=>o.at.slice(0,16)===p.at.slice(0,16);class SeenView{#a;#b=element('h2');#c=element('ul',{className:'messages',tabIndex:0});#d=element('section',{id:'seen',className:'card',hidden:true},this.#b,this.#c);#e='';#f='';#g=0;constructor(a){this.#a=a;byID('login').append(this.#d);const d=()=>this.#h();addEventListener('pagehide',d);document.addEventListener('visibilitychange',d);a.connection.on('closed',d);}
render(){const{phase,me,connection,rooms}=this.#a;const e=phase==='entering'&&connection.state.phase==='waiting'
?seen(keyOf(me)):null;setHidden(this.#d,!e);if(e)this.#i(e,me);if(phase !=='in')return;const{key,position,epoch,state,atEnd}=rooms.current??{};if(state !=='joined'||!atEnd)return;const g=[me,key,epoch,position].join(' ');if(g===this.#f)return;this.#f=g;clearTimeout(this.#g);this.#g=setTimeout(()=>this.#h(),m);}
#h(){const{phase,me,rooms}=this.#a;const c=rooms.current;if(phase !=='in'||!this.#f||c?.epoch===null||!c?.atEnd)return;let h=l;const entries=[];for(const entry of c.entries.filter(isMessage).slice(-k).reverse()){const{user,text,at,deleted}=entry;h -=text.length;if(h < 0)break;entries.unshift({user,text,at,deleted});}
setSeen(keyOf(me),{title:c.title,at:new Date().toISOString(),entries});}
#i({title,at,entries},me){const{lang}=document.documentElement;const b=[me,title,at,lang].join(' ');if(b===this.#e)return;this.#e=b;setText(this.#b,words('login.seen',{room:title,time:moment(new Date(at))}));this.#c.ariaLabel=this.#b.textContent;this.#c.replaceChildren(...entries.map((entry,q)=>{const f=entries[q - 1];const head=!f||!sameName(f.user,entry.user);const i={entry,head,own:sameName(entry.user,me),text:entry.text,past:true,deleted:Boolean(entry.deleted),sameMinute:head||n(entry,f),};const j=makeMessage(i);updateMessage(j,i,{decorate(){}});return j;}));requestAnimationFrame(()=>this.#c.scrollTo(0,this.#c.scrollHeight));}}
return { SeenView };
})();
const m75 = (() => {
const { byID, element, setText } = roostModules.m30;
const { choose, languages, onLanguage, words } = roostModules.m8;
const { canNotify, sound } = m40;
const { chosenLanguage, noticeSettings, setNoticeSettings } = roostModules.m4;
class SettingsView{#a=byID('settings');#b=byID('language');#c=byID('notify');#d=byID('sound');#e=byID('notify-problem');#f;constructor(a){this.#f=a;byID('open-settings').addEventListener('click',()=>this.#g());this.#b.addEventListener('change',()=>choose(this.#b.value));this.#c.addEventListener('change',()=>this.#h());this.#d.addEventListener('change',()=>{this.#i();if(this.#d.checked)sound();});onLanguage(()=>this.#j());}
#g(){this.#j();const b=noticeSettings();this.#c.checked=b.notify&&canNotify()
&&Notification.permission==='granted';this.#c.disabled=!canNotify();this.#d.checked=b.sound;setText(this.#e,'');this.#a.showModal();}
#j(){const d=Object.entries(languages).map(([tag,name])=>
element('option',{value:tag,lang:tag},name));const e=element('option',{value:''},words('settings.browser'));this.#b.replaceChildren(e,...d);this.#b.value=chosenLanguage();}
#i(){setNoticeSettings({notify:this.#c.checked,sound:this.#d.checked});}
async #h(){setText(this.#e,'');if(this.#c.checked){const c=await Notification.requestPermission()==='granted';this.#c.checked=c;if(!c)setText(this.#e,words('settings.refused'));}
this.#i();}
render(){if(this.#f.phase !=='in'&&this.#a.open)this.#a.close();}}
return { SettingsView };
})();
const m76 = (() => {
const { byID, setHidden, setText } = roostModules.m30;
const { badge } = m42;
const { words } = roostModules.m8;
const { wordsForState } = roostModules.m27;
class StatusView{#a;#b=byID('bar');#c=byID('bar-words');#d=byID('countdown');#e=byID('retry');#f=byID('state');#g=byID('spoken');#h=byID('sent');#i=0;#j=0;#k=false;constructor(a){this.#a=a;this.#e.addEventListener('click',()=>a.connection.retryNow());}
render(){const{connection,phase,rooms}=this.#a;const{current,unread}=rooms;const{state}=connection;const b=wordsForState(state,navigator.onLine);const c=state.phase==='open';const h=phase==='in'&&(!c||Boolean(state.doubt));setText(this.#f.lastElementChild,i(state));this.#f.dataset.phase=state.doubt?'doubt':state.phase;setHidden(this.#b,!h);setText(this.#c,b);this.#b.classList.toggle('stopped',state.phase==='stopped');setHidden(this.#e,!(state.phase==='waiting'||state.again));setText(this.#e,words(state.phase==='stopped'?'bar.connect':'bar.retry'));this.#l(state);this.#m(phase==='in',c,state,b);this.#n();const e=current&&phase==='in'?`${current.title} · Roost`:'Roost';const d=phase==='in'&&unread > 0?`(${badge(unread)}) ${e}`:e;if(document.title !==d)document.title=d;}
#l(state){const f=Math.ceil((state.retryAt - Date.now())/ 1000);const g=state.phase==='waiting';const j=words('bar.countdown',{count:Math.max(1,f||1)});setText(this.#d,g&&f > 0?j:'');clearTimeout(this.#j);if(g)this.#j=setTimeout(()=>this.#l(state),250);}
#n(){const{news}=this.#a;if(news.number===this.#i)return;this.#i=news.number;setText(this.#h,news.number % 2?news.words:`${news.words}\u00a0`);}
#m(k,c,state,b){if(!k){this.#k=false;}else if(c&&this.#k){this.#k=false;setText(this.#g,words('spoken.back'));}else if(!c&&!this.#k){this.#k=true;const l=words('spoken.lost',{problem:b});setText(this.#g,state.phase==='stopped'?b:l);}else if(state.phase==='stopped'){setText(this.#g,b);}}}
function i(state){switch(state.phase){case 'open':
return words(state.doubt?'state.doubt':'state.open');case 'connecting':
return words('state.connecting');case 'waiting':
return words(navigator.onLine?'state.waiting':'state.offline');default:
return words('state.stopped');}}
return { StatusView };
})();
const m77 = (() => {
const { byID, element, icon, setHidden, touchKeyboard } = roostModules.m30;
const { words } = roostModules.m8;
const { readAloud } = m50;
const m=8;const w={react:'react',reply:'reply',edit:'edit',more:'more'};const x=(event)=>event.key==='Enter'||event.key==='ContextMenu'
||(event.key==='F10'&&event.shiftKey);class ToolbarView{#a;#b;#c;#d=byID('log');#e=byID('messages');#f=element('div',{className:'toolbar',hidden:true,attributes:{role:'toolbar','aria-live':'off'},});#g=null;#h=null;constructor(p,j,f,g){this.#a=j;this.#b=f;this.#c=g;this.#f.append(...Object.entries(w).map(([name,image])=>element('button',{type:'button',className:'icon-button',tabIndex:-1,dataset:{deed:name},},icon(image))));this.#d.append(this.#f);this.#d.addEventListener('pointerover',(event)=>{if(event.pointerType !=='touch')this.#i(event.target);});this.#d.addEventListener('pointerleave',()=>this.#j(this.#k()));this.#d.addEventListener('focusin',({target})=>this.#l(k(target)));this.#d.addEventListener('focusout',({relatedTarget})=>{const q=!this.#d.contains(relatedTarget)&&!this.#d.matches(':hover');if(q)this.#j(null);});this.#d.addEventListener('keydown',(event)=>{if(this.#m(event))event.preventDefault();});this.#d.addEventListener('click',(event)=>this.#n(event,p));}
render(){if(this.#h)this.#o(this.#h.isConnected?this.#h:null);this.#j(this.#g?.isConnected?this.#g:null);}
#k(){const{activeElement}=document;return this.#e.contains(activeElement)?k(activeElement):null;}
#i(target){if(this.#f.contains(target))return;this.#j(k(target)??this.#k());}
#j(a){const r=a?this.#b.of(a.item):[];this.#g=r.length > 0?a:null;setHidden(this.#f,!this.#g);if(!this.#g)return;this.#f.setAttribute('aria-label',words('menu.label',{name:a.item.entry.user}));for(const c of this.#f.children){const{deed}=c.dataset;c.hidden=deed !=='more'&&!r.includes(deed);c.title=words(`message.${deed==='more'?'actions':deed}`);}
this.#p(a);}
#p(a){const b=this.#d.getBoundingClientRect();const d=this.#e.getBoundingClientRect();const l=a.querySelector('.line').getBoundingClientRect();const{offsetWidth:width,offsetHeight:height,style}=this.#f;const q=a.item.own !==(document.documentElement.dir==='rtl');const s=q?l.left - m - width:l.right + m;const h=Math.max(d.left + m,Math.min(s,d.right - width - m));const top=h===s?Math.min(l.top,l.bottom - height)
:l.top - height * 0.8;style.left=`${h - b.left}px`;style.top=`${Math.max(0,top - b.top + this.#d.scrollTop)}px`;}
#n(event,p){const{target,pointerType}=event;const c=target.closest('button');if(this.#f.contains(target)){if(c)this.#q(c);return;}
const a=k(target);if(!a)return;if(c?.dataset.emoji){this.#b.react(a.item.entry,c.dataset.emoji);}else if(c?.dataset.offset){this.#a.jumpTo(p.rooms.current,Number(c.dataset.offset));}else if((pointerType==='touch'||touchKeyboard.matches)&&target.closest('.bubble')
&&!target.closest('a, button')&&getSelection().isCollapsed){this.#c.open(a.item,null);}}
#q(c){const{item}=this.#g;const{deed}=c.dataset;const y=this.#f.getBoundingClientRect();if(deed==='react'||deed==='more')this.#c.open(item,y,deed==='react');else this.#b.do(deed,item.entry);}
#m(event){const{key,target,altKey,ctrlKey,metaKey}=event;if(altKey||ctrlKey||metaKey||this.#f.contains(target))return false;const a=k(target);if(!a)return target===this.#d&&this.#r(key);if(target===a&&x(event)){this.#c.open(a.item,a.querySelector('.line').getBoundingClientRect());return true;}
if(key==='Escape'){if(target===a)this.#a.startWriting();else a.focus();return true;}
if(key==='ArrowRight'||key==='ArrowLeft')return this.#s(a,target,key);const e={ArrowUp:z(a),ArrowDown:aa(a)};if(key==='Home')e.Home=this.#e.querySelector('.message');if(key==='End')e.End=[...this.#e.querySelectorAll('.message')].pop();if(!(key in e))return false;if(e[key])this.#t(e[key]);else if(key==='ArrowUp')this.#d.scrollTop=0;return true;}
#r(key){if(key !=='ArrowUp'&&key !=='ArrowDown')return false;const{top,bottom}=this.#d.getBoundingClientRect();const t=(a)=>{const n=a.getBoundingClientRect();return n.top < bottom&&n.bottom > top;};const ab=[...this.#e.children].filter(t);const e=ab.flatMap((ac)=>[...ac.querySelectorAll('.message')])
.filter(t);const a=key==='ArrowUp'?e.pop():e[0];if(a)this.#t(a);return Boolean(a);}
#s(a,target,key){const u=[a,...a.querySelectorAll('a, button:not([disabled])')];const ad=(key==='ArrowRight')!==(document.documentElement.dir==='rtl');const o=u[u.indexOf(target)+(ad?1:-1)];o?.focus();return true;}
#t(a){this.#o(a);a.focus({preventScroll:true});a.scrollIntoView({block:'nearest'});}
#l(a){if(!a)return;this.#o(a);this.#j(a);}
#o(a){if(a !==this.#h){this.#h?.removeAttribute('tabindex');this.#h?.removeAttribute('aria-label');}
this.#h=a;if(a){a.tabIndex=0;const name=readAloud(a);if(a.ariaLabel !==name)a.ariaLabel=name;}
this.#d.tabIndex=a?-1:0;}}
const k=(ae)=>ae.closest?.('.message')??null;const z=(a)=>v(a,'previousElementSibling','lastElementChild');const aa=(a)=>v(a,'nextElementSibling','firstElementChild');function v(a,o,af){let i=a;do i=i[o]??i.parentNode[o]?.[af]??null;while(i&&!i.classList.contains('message'));return i;}
return { ToolbarView };
})();
const m78 = (() => {
const { byID, composes, element, icon, setHidden, setText } = roostModules.m30;
const { words } = roostModules.m8;
const { gist } = m56;
class WritingView{#a;#b;#c=byID('message');#d;#e=element('span',{id:'writing-what',className:'what'});#f=element('span',{id:'writing-gist',className:'gist'});#g=element('button',{type:'button',className:'icon-button'},icon('close'));#h=null;constructor(b,c){this.#a=b;this.#b=c;this.#d=element('div',{id:'writing',className:'writing',hidden:true},this.#e,this.#f,this.#g);this.#c.parentNode.before(this.#d);this.#c.setAttribute('aria-describedby','writing-what writing-gist counter');this.#g.addEventListener('click',()=>c.stop());this.#c.addEventListener('keydown',(event)=>this.#i(event));}
#i(event){const{key,altKey,ctrlKey,metaKey,shiftKey}=event;if(composes(event)||altKey||ctrlKey||metaKey||shiftKey)return;const a=this.#a.rooms.current;if(key==='Escape'&&(a?.editing||a?.answered)){event.stopPropagation();this.#b.stop();}else if(key==='ArrowUp'&&this.#c.value===''&&!a?.editing){if(this.#b.editLast())event.preventDefault();}}
render(){const a=this.#a.rooms.current;const e=a?.editing?.entry??a?.answered??null;setHidden(this.#d,!e);if(!e){this.#h=null;setText(this.#e,'');this.#f.replaceChildren();return;}
this.#g.setAttribute('aria-label',words(a.editing?'edit.stop':'reply.stop'));setText(this.#e,words(a.editing?'edit.now':'reply.now'));const d=[e.offset,e.text,e.deleted,!a.editing].join(' ');if(d===this.#h)return;this.#h=d;const [author,line]=gist(e,this.#a.me);this.#f.replaceChildren(...(a.editing?[line]:[author,line]));}}
return { WritingView };
})();
(() => {
const { Changes } = m36;
const { Deeds } = m38;
const { byID } = roostModules.m30;
const { makeInstallable } = m39;
const { translate } = roostModules.m8;
const { Notices } = m40;
const { started } = roostModules.m31;
const { Quotes } = m41;
const { AccountView } = m44;
const { CompletionView } = m51;
const { ComposerView } = m55;
const { Extras } = m56;
const { refuseFiles } = m57;
const { InvitationsView } = m58;
const { LinkView } = m59;
const { MenuView } = m61;
const { MessagesView } = m64;
const { ModerationView } = m68;
const { PanelsView } = m70;
const { RoomView } = m71;
const { RoomsView } = m66;
const { SanctionsView } = m67;
const { SearchView } = m73;
const { SeenView } = m74;
const { SettingsView } = m75;
const { StatusView } = m76;
const { ToolbarView } = m77;
const { VerdictView } = m54;
const { WritingView } = m78;
function d({chat,view}){const composer=new ComposerView(chat);const changed=()=>view.schedule();const e=new Quotes(changed);const messages=new MessagesView(chat,new Extras(chat,e,byID('log')));const b=new Changes(chat,{changed,refused:(c,g)=>{view.say(c);a.undone(g);},});const panels=new PanelsView(chat,b,()=>view.focusComposer());const a=new Deeds(chat,view,b);const f=new MenuView(chat,a);const toolbar=new ToolbarView(chat,view,a,f);a.moderation=new ModerationView(chat,f);view.complete({composer,panels,messages},[panels,composer,messages,new StatusView(chat),new AccountView(chat,panels),new SettingsView(chat),new CompletionView(chat),new Notices(chat),new LinkView(chat,view),b,e,toolbar,new WritingView(chat,a),new RoomsView(chat,panels),new RoomView(chat,panels),new SeenView(chat),new InvitationsView(chat,panels),new SearchView(chat,panels),a.moderation,new SanctionsView(chat),new VerdictView(chat,view,panels),]);translate(document);addEventListener('beforeunload',(event)=>{if(b.waiting().length > 0)event.preventDefault();});refuseFiles((c)=>view.say(c));makeInstallable();}
d(started);
})();
})();
