var roostModules=roostModules||{};
(function () {
'use strict';
const m0 = roostModules.m0 ??= (() => {
class CommandError extends Error{constructor(a){super(a.text);this.name='CommandError';this.code=a.code;this.retryAfter=a.retry_after_ms;}}
class Disconnected extends Error{constructor(i='There is no connection to the chat server.'){super(i);this.name='Disconnected';}}
const j=250;const k=20_000;const f=5_000;const g=15_000;const l=new Set(['login','join','history','account']);class Commands{#a;#b=new Map();#c=0;#d=0;#e=0;constructor(b){this.#a=b;}
async request(command){const d=this.#d;for(;;){try{return await this.#f(command);}catch(e){if(!(e instanceof CommandError)||e.code !=='rate_limited')throw e;const h=e.retryAfter??1000;if(h > k)throw e;await m(Math.max(j,h));if(d !==this.#d)throw new Disconnected();}}}
tell(command){this.#a.send(command);}
probe(room){const n={type:'history',room,before:1,limit:0};if(this.#b.size===0)this.#f(n,f).catch(()=>{});this.#a.expect(f);}
settle(a){const c=this.#b.get(a.ref);if(c){this.#b.delete(a.ref);this.#e=Math.max(performance.now()- c.at,this.#e * 0.9);if(a.type==='error')c.reject(new CommandError(a));else c.resolve(a);}
this.#g();return Boolean(c);}
abandon(){this.#d +=1;this.#e=0;const o=[...this.#b.values()];this.#b.clear();for(const c of o)c.reject(new Disconnected());}
#f(command,within){return new Promise((resolve,reject)=>{const ref=String((this.#c +=1));if(!this.#a.send({...command,ref})){reject(new Disconnected());return;}
const p=within??(l.has(command.type)?g:f);this.#b.set(ref,{resolve,reject,within:p,at:performance.now()});this.#g();});}
#g(){for(const{within}of this.#b.values()){this.#a.expect(Math.max(within,Math.min(g,this.#e * 4)));return;}}}
function m(q){return new Promise((resolve)=>setTimeout(resolve,q));}
return { CommandError, Disconnected, Commands };
})();
const m1 = (() => {
const b=[['Edge',/Edg/],['Opera',/OPR/],['Samsung Internet',/SamsungBrowser/],['Firefox',/Firefox|FxiOS/],['Chrome',/Chrome|CriOS/],['Safari',/Safari/],];const c=[['Android',/Android/],['iPhone',/iPhone/],['iPad',/iPad/],['Windows',/Windows/],['ChromeOS',/CrOS/],['macOS',/Mac OS X/],['Linux',/Linux/],];function clientName(d=navigator.userAgent){const a=(e)=>e.find(([,pattern])=>pattern.test(d))?.[0];const [browser,system]=[a(b),a(c)];if(!browser)return system;return system?`${browser} (${system})`:browser;}
return { clientName };
})();
const m2 = roostModules.m2 ??= (() => {
function keyOf(name){if(!isConversation(name))return e(name);return `@${name.slice(1).split(',').map(e).sort().join(',')}`;}
function e(c){const k=c.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase();return k.normalize('NFKC').replace(/[\u200C\u200D]/gu,'');}
const isConversation=(name)=>name.startsWith('@');function partnerIn(name,l){if(!isConversation(name))return '';const h=name.slice(1).split(',');const i=h.filter((b)=>!sameName(b,l));return h.length===2&&i.length===1?i[0]:'';}
const sameName=(b,f)=>keyOf(b)===keyOf(f);function compareNames(b,f){return b.localeCompare(f,undefined,{sensitivity:'base',numeric:true});}
function randomID(){const{crypto}=globalThis;if(crypto?.randomUUID)return crypto.randomUUID();const j=new Uint8Array(16).map(()=>Math.random()* 256);crypto?.getRandomValues(j);return Array.from(j,(m)=>m.toString(16).padStart(2,'0')).join('');}
const n=/[\p{L}\p{M}\p{N}_]/u;const o=/^(?:[\p{L}\p{M}\p{N}_]|[-.]+[\p{L}\p{M}\p{N}_])/u;function mentions(c,name){if(!c.includes('@'))return false;const d=e(c);const g=`@${keyOf(name)}`;for(let a=d.indexOf(g);a >=0;a=d.indexOf(g,a + 1)){const p=[...d.slice(Math.max(0,a - 2),a)].pop()??' ';if(n.test(p))continue;if(!o.test(d.slice(a + g.length)))return true;}
return false;}
return { keyOf, isConversation, partnerIn, sameName, compareNames, randomID, mentions };
})();
const m3 = roostModules.m3 ??= (() => {
const { keyOf } = m2;
function entryOf(entry){const{type='message',offset,user,text='',at,id}=entry;const f={type,offset,user,author:keyOf(user??''),text,at,id};for(const d of ['reply','edited','reactions','deleted','target','emoji']){if(entry[d] !==undefined)f[d]=entry[d];}
return f;}
const isMessage=({type})=>type==='message';function applyChange(a,{type,offset,user,text,emoji}){if(a.deleted)return;if(type==='edited'){if(offset <(a.edited??0))return;a.edited=offset;a.text=text;}else if(type==='deleted'){a.deleted=offset;a.text='';delete a.reactions;}else if(type==='reaction'){a.reactions=k(a.reactions??{},user,emoji);}
delete a.item;delete a.mentioned;}
function changeAmong(g,e){for(const entry of g){if(entry?.offset===e.target)applyChange(entry,e);else if(entry?.reply===e.target)delete entry.item;}}
function asWished(entry,l){const h=l.get(entry.offset);if(!h)return entry;const i={...entry};for(const m of h)applyChange(i,m);return i;}
function k(b,user,emoji){const n=keyOf(user);const c={};for(const [old,names] of Object.entries(b)){const j=names.filter((name)=>keyOf(name)!==n);if(j.length > 0)c[old]=j;}
if(emoji)c[emoji]=[...(c[emoji]??[]),user];return c;}
return { entryOf, isMessage, applyChange, changeAmong, asWished };
})();
const m4 = roostModules.m4 ??= (() => {
const m='roost.users';const q='roost.name';const r='roost.tab';const s='roost.outbox';const t='roost.drafts';const u='roost.answered';const w='roost.seen';const x='roost.language';const y='roost.notices';const z=8;function read(j,key){try{return JSON.parse(j().getItem(key));}catch{return null;}}
function d(j,key,value){try{if(value===null)j().removeItem(key);else j().setItem(key,JSON.stringify(value));}catch{}}
const c=()=>localStorage;const e=()=>sessionStorage;const a=(value)=>typeof value==='string';const g=(value)=>typeof value==='object'&&value !==null&&!Array.isArray(value);const n=(value,ag)=>(a(value)?value:ag);const h=(value,o)=>(Array.isArray(value)?value.filter(o):[]);const k=(value,o)=>
Object.fromEntries(Object.entries(g(value)?value:{}).filter(([,v])=>o(v)));const lastName=()=>n(read(c,q),'');const setLastName=(name)=>d(c,q,name);const chosenLanguage=()=>n(read(c,x),'');const setChosenLanguage=(ah)=>d(c,x,ah||null);function noticeSettings(){const aa=read(c,y);return{notify:aa?.notify===true,sound:aa?.sound===true};}
const setNoticeSettings=(ai)=>d(c,y,ai);const tabName=()=>n(read(e,r),'');const setTabName=(name)=>d(e,r,name||null);const unsent=()=>h(read(e,s),(f)=>g(f)
&&[f.id,f.user,f.room,f.text,f.at].every(a)
&&[f.name??'',f.place??''].every(a));const setUnsent=(ab)=>d(e,s,ab.length?ab:null);const ac=(value)=>
g(value)&&a(value.epoch)&&Number.isSafeInteger(value.offset);const drafts=()=>k(read(e,t),a);const setDrafts=(ad)=>
d(e,t,Object.keys(ad).length?ad:null);const answered=()=>k(read(e,u),(value)=>ac(value)&&a(value.user)&&a(value.text));const setAnswered=(i)=>
d(e,u,Object.keys(i).length?i:null);const ae=()=>
h(read(c,m),(b)=>g(b)&&a(b.key));const af=()=>h(read(c,w),g);function userRecord(key){const found=ae().find((b)=>b.key===key)??{};const{session,rooms,hidden,read,closed}=found;return{session:a(session)||session===null?session:undefined,rooms:h(rooms,a),hidden:h(hidden,a),read:k(read,ac),closed:k(closed,Number.isSafeInteger),};}
function keepUserRecord(key,record){const l=ae().filter((b)=>b.key !==key);d(c,m,[{...record,key},...l].slice(0,z));}
function seen(key){const found=af().find((p)=>p.key===key);return found&&a(found.title)&&a(found.at)
?{...found,entries:h(found.entries,(b)=>g(b)
&&[b.user,b.text,b.at].every(a))}:null;}
function setSeen(key,value){const l=af().filter((p)=>p.key !==key);const i=value?[{...value,key},...l].slice(0,z):l;d(c,w,i.length?i:null);}
function onOtherTabs(aj){addEventListener('storage',(event)=>{if(event.key===m)aj();});}
return { lastName, setLastName, chosenLanguage, setChosenLanguage, noticeSettings, setNoticeSettings, tabName, setTabName, unsent, setUnsent, drafts, setDrafts, answered, setAnswered, userRecord, keepUserRecord, seen, setSeen, onOtherTabs };
})();
const m5 = (() => {
const { entryOf } = m3;
const { answered, drafts, setAnswered, setDrafts } = m4;
const e=300;const f=({offset})=>(d)=>d.offset===offset;class Drafts{#a=drafts();#b=answered();#c=0;constructor(){addEventListener('pagehide',()=>this.#d());document.addEventListener('visibilitychange',()=>this.#d());}
of(a){return this.#a[a.key]??'';}
set(a,text){if(text==='')delete this.#a[a.key];else this.#a[a.key]=text;clearTimeout(this.#c);this.#c=setTimeout(()=>this.#d(),e);}
answer(a,d){a.answered=d;const{offset,user,text}=d??{};if(d)this.#b[a.key]={epoch:a.placeEpoch,offset,user,text};else delete this.#b[a.key];this.#d();}
restore(a){const b=this.#b[a.key];if(!b||a.answered)return;if(!a.epochs.has(b.epoch))this.answer(a,null);else a.answered=a.entries.find(f(b))??entryOf(b);}
move(from,a){for(const b of [this.#a,this.#b]){if(from in b)b[a.key]=b[from];delete b[from];}
this.#d();}
forget(a){for(const b of [this.#a,this.#b]){for(const c of a?[a.key]:Object.keys(b))delete b[c];}
this.#d();}
#d(){clearTimeout(this.#c);this.#c=0;setDrafts(this.#a);setAnswered(this.#b);}}
return { Drafts };
})();
const m6 = (() => {
const { CommandError, Disconnected } = m0;
const e=50;const k=100;const l=200;class History{#a;#b;constructor(f,d){this.#a=f;this.#b=d;}
async older(a){if(a.older !=='unknown'||a.state !=='joined'||!a.first)return;a.older='loading';const range={before:a.first.offset,limit:e};await this.#c(a,range,(b,c)=>a.prepend(b,c),'older');}
async rest(a){while(a.following&&!a.atEnd&&a.newer==='unknown'
&&a.state==='joined')await this.newer(a,l);}
async newer(a,limit=e){if(a.atEnd||a.newer !=='unknown'||a.state !=='joined')return;a.newer='loading';const range={after:a.last?.offset??a.position,limit};await this.#c(a,range,(b,c)=>a.append(b,c),'newer');if(a.newer==='loading')a.newer='unknown';}
async around(a,g){a.following=false;const range={before:g + e / 2,limit:e};await this.#c(a,range,(b,c)=>a.replace(b,c));}
async newest(a){a.following=true;this.#b();if(a.atEnd||a.state !=='joined')return;const range={before:a.position + 1,limit:k};await this.#c(a,range,(b,c)=>a.replace(b,c));}
async #c(a,range,m,i){this.#b();const{epoch,name}=a;try{const j=await this.#a.command('history',{room:name,...range});if(a.epoch===epoch)m(j.messages,j.more);}catch(h){if(h instanceof CommandError){if(i)a[i]='refused';}else if(!(h instanceof Disconnected)){throw h;}}
this.#b();}}
return { History };
})();
const m7 = (() => {
const english={'login.lead':'Pick a name and start talking.','login.name':'Your name','login.password':'Password','login.join':'Join the chat','login.busy':'One moment…','login.room':'You will join the room “{room}”.','login.as':'Join as {name}','login.trying':'{problem} Still trying…','login.unreachable':'The server cannot be reached.','login.seen':'Offline: what was in {room} at {time}','login.kept':'Nothing is lost.','skip':'Skip to the message field','rooms':'Rooms','rooms.unread':{one:'Rooms, {count} unread',other:'Rooms, {count} unread'},'rooms.close':'Close rooms','rooms.label':'Join a room by name','rooms.hint':'Join another room','rooms.join':'Join room','rooms.as':'Join {room}','rooms.forYou':'some for you','rooms.none':'No room','rooms.empty':'You are in no room. Join one from the list of rooms.','rooms.missing':'No room “{room}”: {problem}','rooms.length':{one:"No such room: a room's name has at most {count} character.",other:"No such room: a room's name has at most {count} characters.",},'room.leave':'Leave','room.leaveThis':'Leave this room','room.unread':{one:'{count} unread',other:'{count} unread'},'direct.write':'Write to {name}','direct.close':'Close this conversation','people':'People','people.count':{one:'{count} person',other:'{count} people'},'people.here':'People in this room','people.close':'Close people','people.you':'(you)','people.crowd':{one:'{count} person is here: too many to list.',other:'{count} people are here: too many to list.',},'people.others':{one:'{count} other',other:'{count} others'},'notice.joined':'{name} joined','notice.left':'{name} left','notice.mention':'{name} mentions you in {room}','notice.direct':'{name} writes to you','link.gone':'This message is not kept any more.','rooms.all':'All rooms','rooms.filter':'Find a room by its name or topic','rooms.youAreHere':'You are in this room','rooms.invited':'private, you may enter','rooms.nothing':'No room fits.','rooms.more':'More rooms','rooms.new':'A new room','rooms.newName':'Name','rooms.private':'Private: only people who are invited may enter','rooms.create':'Create','room.about':'About this room','room.topic':'Topic','room.topicNone':'What is this room about?','room.topicSave':'Save','room.topicSaved':'Saved.','room.topicOwn':'You may change the topic once you have kept your name with a password.','room.private':'This room is private: only people who are invited may enter.','room.creator':'{name} has created it.','room.people':'People who may enter','room.absent':'not in this room','room.inviteName':'Invite somebody','room.invite':'Invite','room.invited':'{name} may enter now.','room.uninvite':'Send {name} out','room.uninvited':'{name} may not enter any more.','room.leaveForGood':'Leave for good','room.lossForGood':'Leave {room} for good? You come back only if somebody invites you again.','room.lossOfAll':'Leave {room} for good? Nobody else may enter, so the room is lost.','invited.by':'{name} invites you to the private room “{room}”.','invited':'You are invited to the private room “{room}”.','invited.enter':'Enter','invited.later':'Not now','search':'Search','search.hint':'Words in messages','search.here':'Only in {room}','search.help':'Whole words, in any order. “wor*” finds words that begin so, and quotation '
+ 'marks what stands together.','search.busy':'Searching…','search.nothing':'Nothing was found.','search.found':{one:'{count} message was found.',other:'{count} messages were found.'},'search.more':'Further back','signOut':'Sign out','signOut.everywhere':'Sign out on all devices','unsent':{one:'One message is not sent yet.',other:'{count} messages are not sent yet.'},'unsent.changes':{one:'One change is not sent yet.',other:'{count} changes are not sent yet.',},'loss.leave':'Leaving {room} discards it.','loss.signOut':'Signing out discards it.','loss.name':'Keep this name first, or its private rooms and conversations are lost.','loss.andLeave':'Discard and leave','loss.andSignOut':'Discard and sign out','loss.stay':'Stay','account.keep':'Keep this name','account.own':'Your own name','account.make':'Make this name yours','account.yours':'This name is yours','account.why':'With a password nobody else gets your name, however long you are away, and you '
+ 'can log in with it on your other devices.','account.change':'Nobody else gets it. Here you can set another password.','account.set':'Set password','account.new':'New password','account.show':'Show it','account.short':'A password has 8 characters or more.','account.lost':'The connection was lost. Try again.','sessions':'Where you are signed in','sessions.here':'This device','sessions.now':'Connected now','sessions.used':'Last used: {day}','sessions.unknown':'Unknown device','sessions.end':'Sign out: {client}','cancel':'Cancel','close':'Close','settings':'Settings','settings.language':'Language','settings.browser':'As the browser','settings.mentions':'When somebody mentions or writes to you and this page is out of sight','settings.notify':'Show a notification','settings.sound':'Play a short sound','settings.refused':'The browser does not allow notifications here. You can change that in its '
+ 'settings for this page.','messages':'Messages','messages.in':'Messages in {room}','messages.newest':'Newest','messages.new':{one:'{shown} new message',other:'{shown} new messages'},'message.field':'Message','message.to':'Message {room}','message.send':'Send','message.you':'You','message.deleted':'Message deleted','message.more':'Show more','message.less':'Show less','message.sent':'Sent','message.wasSent':'Message sent.','message.sending':'Sending…','message.waiting':'Waiting to send','message.notSent':'Not sent. {problem}','message.nameLost':'Not sent, since the name was lost.','message.sendAs':'Send as {name}','message.again':'Try again','message.discard':'Discard','message.left':{one:'{count} left',other:'{count} left'},'message.over':{one:'{count} too many',other:'{count} too many'},'message.react':'React','message.reply':'Reply','message.edit':'Edit','message.copy':'Copy text','message.link':'Copy link','message.delete':'Delete','message.mute':'Mute','message.kick':'Send out','message.ban':'Ban','message.unmute':'Unmute','message.unban':'Lift the ban','message.actions':'More actions','message.edited':'Edited','message.saving':'Saving…','menu.label':'Message of {name}','react.other':'Another emoji','react.one':'Write one emoji here.','reaction.label':'{emoji} from {names}','reply.now':'Reply to','reply.stop':'Do not reply','reply.label':'Reply to: {text}','reply.earlier':'An earlier message','edit.now':'Edit','edit.stop':'Stop editing','delete.ask':'Delete this message? Its text is gone for everybody then.','change.edit':'Your change was not made: {problem}','change.delete':'The message was not deleted: {problem}','change.react':'Your reaction was not kept: {problem}','change.lost':'the message is not kept any more.','copy.text':'The text is copied.','copy.link':'The link is copied.','copy.refused':'The browser does not let this page copy.','names':'People to mention','names.found':{one:'{count} name: Enter takes it, arrow keys choose',other:'{count} names: Enter takes one, arrow keys choose',},'files.none':'Files and pictures cannot be sent here: this chat is for text. '
+ 'A link to a file is welcome.','typing.one':'{name} is typing','typing.many':'{names} are typing','moderate.all':'Bans and mutes','moderate.none':'Nobody is banned or muted.','moderate.time':'For how long','moderate.where':'Where','moderate.everywhere':'Everywhere','moderate.reason':'Reason, for everybody to read','act.kick':'{by} sent {name} out','act.ban':'{by} banned {name} {span}','act.mute':'{by} muted {name} {span}','act.unban':'{by} lifted the ban of {name}','act.unmute':'{by} lets {name} write again','act.for':'for {span}','act.until':'until {time}','act.good':'for good','act.open':'until further notice','act.operator':'An operator','you.kick':'{by} has sent you out of this room','you.ban':'{by} has banned you from this room {until}','you.mute':'You may only read here {until}','mark.older':'Fetching older messages…','mark.begins':'This is where {room} begins.','mark.direct':'Your conversation with {room} begins here.','mark.notKept':'Older messages are not kept.','mark.renewed':'{room} has begun anew: what you read here last is gone.','mark.first':'Nobody has said anything in {room} yet. Be the first.','mark.new':'New','mark.missed':'Some messages were missed here.','mark.restarted':'The server was restarted; messages above are from before.','mark.closed':'This room was empty for a while; messages above are from before.','day.today':'Today','day.yesterday':'Yesterday','keys':'Keys','keys.hint':'[Enter] sends, [Shift] [Enter] starts a new line,','keys.more':'more keys','keys.enter':'[Enter]','keys.shiftEnter':'[Shift] [Enter]','keys.altDown':'[Alt] [↓]','keys.altUp':'[Alt] [↑]','keys.edit':'Edit your last message','keys.up':'[↑]','keys.list':'In the list of messages','keys.menu':'[↑] [↓] choose a message, [Enter] opens its menu','keys.escape':'[Esc]','keys.ctrlK':'[Ctrl] [K]','keys.find':'Search the messages','keys.send':'Send the message','keys.line':'Start a new line','keys.next':'Go to the next room','keys.before':'Go to the room before','keys.panel':'Close a panel','keys.attention':"Write [@] and a name to draw somebody's attention.",'keys.marks':'[**bold**], [*italic*], [`code`]; [-] or [1.] begins a list, [>] a quote.','state.open':'Connected','state.doubt':'No answer yet','state.connecting':'Connecting','state.waiting':'Reconnecting','state.offline':'Offline','state.stopped':'Disconnected','bar.first':'Connecting…','bar.again':'Reconnecting…','bar.doubt':'The server has not answered yet…','bar.offline':'You are offline.','bar.countdown':{one:'Reconnecting in {count} s',other:'Reconnecting in {count} s'},'bar.retry':'Try now','bar.connect':'Connect again','bar.fine':'All right','spoken.back':'Connected again.','spoken.lost':'{problem} Reconnecting.','close.1001':'The server is stopping.','close.1006':'Connection lost.','close.1008':'The server closed the connection.','close.1011':'The server ran into a fault.','close.1012':'The server is restarting.','close.1013':'The server is full at the moment.','close.4001':'This connection fell behind.','close.4002':'That was too much at once.','close.4003':'You were sent out.','close.4004':'You are banned.','close.4005':'You have signed out elsewhere.','error.misunderstood':
'This page and the server did not understand each other. Load the page anew.','error.server':'The server says: “{sentence}”','error.name_taken':'Somebody has this name. Choose another one, or log in with its password.','error.bad_password':'That is not the name and password of an account.','error.bad_name':'This name is not allowed.','error.too_many_rooms':'There are too many rooms.','error.too_long':'The text is too long.','error.rate_limited':'That was too much at once. Wait a moment.','error.unavailable':'The server cannot do that just now. Try again.',};
return { english };
})();
const m8 = roostModules.m8 ??= (() => {
const { chosenLanguage, setChosenLanguage } = m4;
const { english } = m7;
const languages={en:'English',de:'Deutsch',ar:'العربية'};const i=new Set(['ar']);const r=/[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/u;const s=(tag)=>document.querySelector(`link[hreflang="${tag}"]`);let tag='en';let region='en';let table=english;let plurals=null;let j=null;const k=[];const t=8_000;const l=(b)=>b.toLowerCase().split('-')[0];function preferred(m=chosenLanguage(),wanted=navigator.languages){if(m in languages)return m;return wanted.map(l).find((b)=>b in languages)??'en';}
const locale=()=>region;const isEnglish=()=>tag==='en';function n(v,a){tag=v;region=navigator.languages.find((b)=>l(b)===tag)??tag;table=a;plurals=j=null;const c=document.documentElement;c.lang=tag;c.dir=i.has(tag)?'rtl':'ltr';translate(document);for(const w of k)w();}
async function x(y){const z=await fetch(y,{signal:AbortSignal.timeout(t)});const a=await z.json();return Object.fromEntries(Object.keys(english).map((f,h)=>[f,a[h]]));}
async function speak(wanted=preferred()){let a=english;try{if(wanted !=='en')a=await x(s(wanted).href);}catch{wanted='en';}
n(wanted,a);}
function speakAtOnce(){const o=preferred()==='en';if(o)n('en',english);return o;}
function choose(wanted){setChosenLanguage(wanted);return speak();}
function onLanguage(aa){k.push(aa);}
const count=(d)=>(j??=new Intl.NumberFormat(locale())).format(d);function ab(d){const text=typeof d==='number'?count(d):String(d);const ac=i.has(tag)?/\p{L}/u.test(text):r.test(text);return ac?`\u2068${text}\u2069`:text;}
function words(f,p={}){let text=table[f]??english[f];if(typeof text==='object'){plurals??=new Intl.PluralRules(locale());text=text[plurals.select(p.count)]??text.other;}
return text.replace(/\{(\w+)\}/gu,(_,name)=>ab(p[name]));}
function listed(g){const ad=g.length > 3
?[...g.slice(0,2),words('people.others',{count:g.length - 2})]:g;return new Intl.ListFormat(locale(),{type:'conjunction'}).format(ad);}
function ae(text){return text.split(/\[([^\]]+)\]/u).map((q,h)=>{if(h % 2===0)return q;return Object.assign(document.createElement('kbd'),{textContent:q});});}
const af={label:'aria-label',hint:'placeholder',tip:'title'};function translate(c){for(const e of c.querySelectorAll('[data-words]')){e.replaceChildren(...ae(words(e.dataset.words)));}
for(const [name,attribute] of Object.entries(af)){for(const e of c.querySelectorAll(`[data-${name}]`)){e.setAttribute(attribute,words(e.dataset[name]));}}}
return { languages, preferred, locale, isEnglish, speak, speakAtOnce, choose, onLanguage, count, words, listed, translate };
})();
const m9 = roostModules.m9 ??= (() => {
const listLimit=200;const h=1_500;const f=3_000;class People{#a;#b;#c=new WeakMap();constructor(c,b){this.#a=c;this.#b=b;}
look(a){if(a?.state !=='joined'||a.members||a.count > listLimit)return;const d=performance.now();if(d <(this.#c.get(a)??0))return;const g=Math.random()* h;this.#c.set(a,d + g + f);setTimeout(()=>this.#d(a),g);}
async #d(a){if(a.state !=='joined'||a.members)return;const e=await this.#a.command('who',{room:a.name}).catch(()=>null);if(e&&e.count <=listLimit)a.setMembers(e);else setTimeout(this.#b,f);this.#b();}}
return { listLimit, People };
})();
const m10 = (() => {
const { keyOf } = m2;
const f=1_000;const can=(a,g)=>a.welcome?.capabilities?.includes(g)===true;class Reads{#a;#b=new Map();#c=new Set();#d=0;#e=-Infinity;constructor(a){this.#a=a;addEventListener('pagehide',()=>this.#f());document.addEventListener('visibilitychange',()=>{if(document.hidden)this.#f();});}
async ask(){if(!can(this.#a,'mine'))return [];const c=await this.#a.command('mine').catch(()=>null);if(!c)return [];this.#b=new Map(c.rooms.map((d)=>[keyOf(d.room),d]));return c.rooms;}
of(room){return this.#b.get(room.key);}
began({room,offset}){const b=keyOf(room);if(this.#b.has(b))return;this.#b.set(b,{offset,read:offset,unread:0,mentions:0});}
heard(room,{offset}){if(offset <=(this.of(room)?.read??-1))return;this.#b.set(room.key,{offset,read:offset,unread:0,mentions:0});}
forget(room){this.#c.delete(room);}
note(room){if(!can(this.#a,'read')||room.readTo <=(this.of(room)?.read??0))return;this.#c.add(room);this.goOn();}
goOn(){if(this.#d||this.#c.size===0)return;const h=this.#e + f - performance.now();this.#d=setTimeout(()=>this.#f(),Math.max(0,h));}
#f(){clearTimeout(this.#d);this.#d=0;const e=[...this.#c].filter(({state})=>state==='joined');if(e.length > 0)this.#e=performance.now();for(const room of e)this.#g(room);}
async #g(room){this.#c.delete(room);const offset=room.readTo;try{await room.link.command('read',{offset});this.heard(room,{offset});}catch{this.#c.add(room);}}}
return { can, Reads };
})();
const m11 = (() => {
const { keyOf } = m2;
const { keepUserRecord, onOtherTabs, setSeen, userRecord } = m4;
const h=500;class Record{session;#a='';#b=new Set();#c=0;constructor(f){onOtherTabs(()=>{if(!this.#a)return;if(this.session&&userRecord(this.#a).session===null)f.signedOutElsewhere();else f.readElsewhere();});}
load(d){this.#a=keyOf(d);this.session=this.storedSession??undefined;}
get storedSession(){return userRecord(this.#a).session;}
keepSession(d,session){this.#a=keyOf(d);this.session=session;this.#d((a)=>(a.session=session));}
forgetSession(){const{session}=this;this.#d((a)=>{if(a.session===session)a.session=null;});setSeen(this.#a,null);this.session=undefined;this.#a='';}
get roomNames(){return userRecord(this.#a).rooms;}
readTo(b){return userRecord(this.#a).read[b.key];}
isPrivate(name){return userRecord(this.#a).hidden.includes(keyOf(name));}
closedAt(name){return userRecord(this.#a).closed[keyOf(name)];}
close(name,e){this.#d((a)=>(a.closed[keyOf(name)]=e));}
joined(b){this.#d((a)=>{delete a.closed[b.key];a.hidden=a.hidden.filter((key)=>key !==b.key);if(b.kind==='direct')return;if(b.kind==='private')a.hidden.push(b.key);const g=a.rooms.findIndex((name)=>keyOf(name)===b.key);if(g < 0)a.rooms.push(b.name);else a.rooms[g]=b.name;});this.wasRead(b);}
left(b){this.#b.delete(b);this.#d((a)=>{a.rooms=a.rooms.filter((name)=>keyOf(name)!==b.key);a.hidden=a.hidden.filter((key)=>key !==b.key);delete a.read[b.key];});}
wasRead(b){this.#b.add(b);clearTimeout(this.#c);this.#c=setTimeout(()=>this.save(),h);}
save(){clearTimeout(this.#c);if(this.#b.size===0)return;this.#d(({read})=>{for(const{key,epochs,readEpoch,readTo}of this.#b){if(readEpoch===null||readTo===null)continue;const c=read[key];if(epochs.has(c?.epoch)&&c.offset > readTo)continue;read[key]={epoch:readEpoch,offset:readTo};}});this.#b.clear();}
#d(i){if(!this.#a)return;const a=userRecord(this.#a);const c=JSON.stringify(a);i(a);if(JSON.stringify(a)!==c)keepUserRecord(this.#a,a);}}
return { Record };
})();
const m12 = (() => {
const { keyOf, sameName } = m2;
const typingLasts=5_000;const d=50;class Company{members=null;count=0;typing=new Map();creator='';acts=[];muted=null;verdict=null;applyPresence(push){this.count=push.count??this.count;if(push.event==='count')this.members=null;else if(push.event==='join')this.members?.set(keyOf(push.user),push.user);else if(push.event==='leave'){this.members?.delete(keyOf(push.user));this.typing.delete(keyOf(push.user));}}
enter(a){this.creator=a.creator??'';this.muted=a.muted??null;this.verdict=null;this.setMembers(a);}
applyAct(push,place,e){const number=(this.acts[this.acts.length - 1]?.number??0)+ 1;this.acts=[...this.acts.slice(1 - d),{...push,...place,number}];if(!sameName(push.user,e))return;const{action,everywhere}=push;if(action==='mute')this.muted=push;else if(action==='unmute'&&this.muted?.everywhere===everywhere)this.muted=null;else if(action==='kick'||action==='ban')this.verdict=push;}
mutedNow(c=Date.now()){if(this.muted?.until&&Date.parse(this.muted.until)<=c)this.muted=null;return this.muted;}
setMembers(a){this.count=a.count??a.members?.length??0;this.members=a.members
?new Map(a.members.map((name)=>[keyOf(name),name]))
:null;}
applyTyping(b){this.typing.set(keyOf(b),{name:b,until:Date.now()+ typingLasts});}
typingNow(c=Date.now()){for(const [key,{until}] of this.typing)if(until <=c)this.typing.delete(key);return [...this.typing.values()].map(({name})=>name);}}
return { typingLasts, Company };
})();
(() => {

})();
const m14 = (() => {
const b=1000;const i=30 * b;function backoff(c,a=Math.random){const f=Math.min(i,b * 2 ** Math.min(c,10));return f / 2 +(a()* f)/ 2;}
function g(e,j){const h=/(\d{1,4})\s*s/.exec(e);return(h?Number(h[1]):j)* b;}
function advice(k,e,c,a=Math.random){const d=(delay)=>({retry:true,delay});switch(k){case 1001:
return d(b + a()* 4 * b);case 1012:
case 4001:
return d(c===0?0:backoff(c,a));case 1013:
return d(g(e,10)+ a()* 2 * b);case 4002:
return d(g(e,15)+ a()* 5 * b);case 1002:
case 1003:
case 1007:
case 1008:
case 4003:
case 4004:
case 4005:
return{retry:false,again:true};default:
return d(backoff(c,a));}}
return { backoff, advice };
})();
const m15 = (() => {
const isOnline=()=>globalThis.navigator?.onLine !==false;const isShown=()=>!globalThis.document?.hidden;function watchSurroundings(a,b){if(!globalThis.addEventListener)return()=>{};const c=globalThis.document;const d=()=>{if(isShown())a();};addEventListener('online',a);addEventListener('offline',b);addEventListener('pageshow',a);c?.addEventListener('visibilitychange',d);return()=>{removeEventListener('online',a);removeEventListener('offline',b);removeEventListener('pageshow',a);c?.removeEventListener('visibilitychange',d);};}
return { isOnline, isShown, watchSurroundings };
})();
const m16 = (() => {
const { advice, backoff } = m14;
const { isOnline, isShown, watchSurroundings } = m15;
const i=10_000;const j=5_000;const k=2_000;const l=3_000;const m=5_000;const n=30_000;const o=10_000;const p=5_000;function chatAddress(location){const f=new URL('chat',location.href);f.protocol=f.protocol==='https:'?'wss:':'ws:';return f.href;}
class Connection{state={phase:'idle'};#a;#b;#c=null;#d=0;#e=0;#f=0;#g=0;#h=Infinity;#i=0;#j=0;#k=null;constructor(c,a){this.#a=c;this.#b=a;}
open(){if(this.state.phase==='connecting'||this.state.phase==='open')return;this.#d=0;this.#l();}
retryNow(){if(this.state.phase==='waiting'||this.state.phase==='stopped')this.#l();}
close(){this.#m(1000);this.#n({phase:'idle'});}
retryAfter(d,reason){this.#m(1000);this.#o(d,1013,reason);this.#b.closed(1013,reason);}
send(object){if(this.state.phase !=='open')return false;this.#c.send(JSON.stringify(object));return true;}
expect(d=j){if(this.state.phase !=='open')return;const g=performance.now()+ d;if(g >=this.#h)return;clearTimeout(this.#g);this.#h=g;this.#g=setTimeout(()=>this.#p(1006,'No answer.'),d);this.#i||=setTimeout(()=>this.#q(),k);}
expectWriting(){this.#r(p);}
#r(q){const r=performance.now()- this.#j >=q;if(this.state.phase==='open'&&r&&!this.#g)this.#b.probe();}
#q(){if(this.state.phase==='open'&&!this.state.doubt){this.#n({phase:'open',doubt:true});}}
#s(){if(this.state.phase==='open'){this.#b.probe();this.expect(l);this.#q();}else{this.#b.changed();}}
#t(){if(this.state.phase==='waiting'){if(isOnline()&&this.state.code===1006)this.#l();else this.#b.changed();}else if(this.state.phase==='open'){this.#b.probe();}}
#l(){this.#m();this.#n({phase:'connecting',attempt:this.#d});let socket;try{socket=this.#a();}catch(h){this.#n({phase:'stopped',code:0,reason:String(h),again:true});this.#b.closed(0,String(h));return;}
this.#c=socket;this.#g=setTimeout(()=>this.#p(1006,'No answer.'),i);socket.onopen=()=>{this.#u();this.#f=setTimeout(()=>(this.#d=0),m);this.#n({phase:'open'});this.#b.opened();};socket.onmessage=(event)=>{this.#u();let object=null;try{object=JSON.parse(event.data);}catch{return;}
if(object&&typeof object.type==='string')this.#b.received(object);};socket.onclose=(event)=>this.#p(event.code,event.reason);socket.onerror=()=>{};}
#u(){this.#j=performance.now();clearTimeout(this.#g);clearTimeout(this.#i);this.#g=this.#i=0;this.#h=Infinity;if(this.state.doubt)this.#n({phase:'open'});}
#p(code,reason){const s=this.state.phase==='open';this.#m();const e=advice(code,reason,this.#d);this.#d +=1;if(e.retry){const b=s||e.delay > 0?e.delay:backoff(this.#d);this.#o(b,code,reason);}else{this.#n({phase:'stopped',code,reason,again:e.again});}
this.#b.closed(code,reason);}
#o(b,code,reason){this.#e=setTimeout(()=>this.#l(),b);this.#n({phase:'waiting',retryAt:Date.now()+ b,code,reason});}
#m(code){clearTimeout(this.#e);clearTimeout(this.#f);this.#u();const socket=this.#c;this.#c=null;if(!socket)return;socket.onopen=socket.onmessage=socket.onclose=null;socket.close(code);}
#n(state){this.state=state;if(state.phase==='idle'||state.phase==='stopped')this.#v();else this.#k??=this.#w();this.#b.changed();}
#v(){this.#k?.();this.#k=null;}
#w(){const t=watchSurroundings(()=>this.#t(),()=>this.#s());const u=setInterval(()=>{if(isShown())this.#r(n);},o);return()=>{t();clearInterval(u);};}}
return { chatAddress, Connection };
})();
const m17 = (() => {
class Listeners{#a=new Map();add(name,a){if(typeof a !=='function')throw new TypeError('A listener is a function.');const b=this.#a.get(name)??[];this.#a.set(name,[...b,a]);return()=>{const c=(this.#a.get(name)??[]).filter((d)=>d !==a);this.#a.set(name,c);};}
call(name,event){for(const a of this.#a.get(name)??[]){try{a(event);}catch(e){queueMicrotask(()=>{throw e;});}}}}
return { Listeners };
})();
const m18 = (() => {
const { CommandError, Disconnected } = m0;
const h=1_500;class Login{#a;#b;#c;#d=0;#e='';#f;#g=false;#h;#i;constructor(f,b,c,client){this.#a=f;this.#b=b;this.#c=c;this.#i=client;}
use({password,keeps,token}){this.#f=password||undefined;this.#g=keeps===true;this.#h=token;}
async begin(user){this.#d +=1;const a=this.#d;for(;;){const{session}=this.#b;try{const password=this.#f;const token=await this.#j();if(a !==this.#d)return;const client=this.#i;const i={type:'login',user,session,password,token,client,join:false,};this.#k(await this.#a.request(i));return;}catch(d){if(d instanceof Disconnected)return;if(!(d instanceof CommandError))throw d;const j=await this.#l(d,session,a);if(a !==this.#d)return;if(j)continue;if(!this.#g)this.#f=undefined;this.#c.refused(d);return;}}}
async #j(){return typeof this.#h==='function'?this.#h():this.#h;}
abandon(){this.#d +=1;}
#k(e){const k=this.#e !==''&&this.#e !==e.session;this.#e=e.session;if(!this.#g)this.#f=undefined;this.#b.keepSession(e.user,e.session);this.#c.welcomed(e,k);}
async #l({code},session,a){if(!session)return false;if(code==='bad_token'&&this.#h===undefined){this.#b.session=undefined;return true;}
const l=performance.now()+ h;while(code==='name_taken'&&a===this.#d&&performance.now()< l){const g=this.#b.storedSession;if(g&&g !==session){this.#b.session=g;return true;}
await new Promise((m)=>setTimeout(m,100));}
return false;}}
return { Login };
})();
const m19 = (() => {
const { CommandError, Disconnected } = m0;
const { keyOf, randomID, sameName } = m2;
const l=2_000;const m=new Set(['joined','new']);class Outbox{items=[];#a='';#b;#c;#d;#e;#f=new Map();#g=false;#h=0;constructor(j,h,e,f){this.#b=j;this.#c=h;this.#d=e;this.#e=f;this.items=e?.load()??[];for(const a of this.items)if(a.state !=='failed')a.state='waiting';}
enter(d){this.#a=d;}
isHeld(a){return !sameName(a.user,this.#a);}
of(b){return this.items.filter((a)=>a.room===b.key);}
unsent(b){return this.items.filter((a)=>a.state !=='sent'&&(!b||a.room===b.key));}
get places(){return this.items.map((a)=>a.place??a.room);}
add(b,text,{id=randomID(),...fields}={}){const at=new Date().toISOString();return new Promise((resolve,reject)=>{this.#f.set(id,{resolve,reject});this.items.push({id,user:keyOf(this.#a),name:this.#a,room:b.key,place:b.name,text,fields,at,state:'waiting',});this.#i();this.pump();});}
retry(a){if(this.isHeld(a))Object.assign(a,{user:keyOf(this.#a),name:this.#a});a.state='waiting';this.#i();this.pump();}
discard(a,c=new Disconnected('The message was discarded.')){this.items=this.items.filter((n)=>n !==a);this.#f.get(a.id)?.reject(c);this.#f.delete(a.id);this.#i();}
forget(b){for(const a of b?this.of(b):this.items)this.discard(a);}
giveUp(b,c){if(this.#d)return;for(const a of b?this.of(b):this.items)this.discard(a,c);clearTimeout(this.#h);this.#h=0;}
move(from,b){for(const a of this.items){if(a.room===from)Object.assign(a,{room:b.key,place:b.name});}}
arrived(id,g){this.#j(id,g);const a=this.items.find((i)=>i.id===id);if(a)this.#k(a);}
#j(id,g){this.#f.get(id)?.resolve(g);this.#f.delete(id);}
#k(a){this.#e.ended(a,null);this.discard(a);}
settle(b){const k=this.of(b).filter(({state})=>state==='sent');for(const a of k)this.discard(a);return k;}
async pump(){if(this.#g||this.#h)return;const a=this.items.find((i)=>
i.state==='waiting'&&!this.isHeld(i)
&&m.has(this.#c(i.room)?.state));if(!a)return;this.#g=true;await this.#l(a,this.#c(a.room));this.#g=false;this.#i();if(a.state !=='waiting')this.pump();}
async #l(a,b){a.state='sending';this.#e.changed();try{const{name,to}=b;const{id,text,fields}=a;const where=to?{type:'direct',to}:{type:'message',room:name};const o={...fields,...where,text,id};const{offset,epoch}=await this.#b.request(o);a.state='sent';this.#j(id,{offset,epoch});if(offset <=b.place?.offset&&this.items.includes(a))this.#k(a);}catch(c){if(c instanceof Disconnected){a.state='waiting';}else if(c.code==='unavailable'){a.state='waiting';this.#m(c.retryAfter??l);}else{this.#n(a,c);if(!(c instanceof CommandError))console.error(c);}}}
#n(a,c){a.state='failed';a.problem=c.message;this.#e.ended(a,c);this.#f.get(a.id)?.reject(c);this.#f.delete(a.id);if(!this.#d)this.discard(a);}
#m(p){this.#h=setTimeout(()=>{this.#h=0;this.pump();},p *(1 + Math.random()/ 4));}
#i(){this.#d?.save(this.items);this.#e.changed();}}
return { Outbox };
})();
const m20 = (() => {
const { Disconnected } = m0;
function nextWelcome(a){return new Promise((d,c)=>{const b=(e)=>{for(const f of g)f();e();};const g=[a.on('welcome',(h)=>b(()=>d(h))),a.on('refused',(i)=>b(()=>c(i))),a.on('closed',({reason})=>{if(a.state.phase !=='waiting')b(()=>c(new Disconnected(reason)));}),];});}
return { nextWelcome };
})();
const m21 = (() => {
const { CommandError, Disconnected } = m0;
const { Listeners } = m17;
const { keyOf, partnerIn, sameName } = m2;
const i=200;const j=3_000;const k=new Set(['presence','typing','read','direct']);class RoostRoom{name;key;state='away';error=null;place=null;count=0;attempt=Promise.resolve();#a;#b;#c;#d=null;#e=null;#f=new Listeners();#g=0;#h;constructor(b,name,{since=null,last=0,catchUp=true,private:isPrivate}){this.#a=b;this.name=name;this.key=keyOf(name);this.place=since;this.#b=last;this.#c=catchUp;this.#h=isPrivate;}
get to(){return partnerIn(this.name,this.#a.user());}
on(name,l){return this.#f.add(name,l);}
say(f,fields={}){this.#g=0;return this.#a.outbox().add(this,f,fields);}
typing(){const g=Date.now();const m=this.#a.timing()?.typing??j;if(this.state !=='joined'||g - this.#g < m)return;this.#g=g;this.#a.tell({type:'typing',room:this.name});}
history(h={}){const{after,before,limit}=h;if(after !==undefined)return this.command('history',{after,limit});return this.command('history',{before:before??Number.MAX_SAFE_INTEGER,limit});}
command(type,fields={}){return this.#a.request({...fields,type,room:this.name});}
leave(){if(this.state==='joined')this.command('leave').catch(()=>{});this.state='left';this.#a.left(this);}
enter(){const attempt=this.#d??this.#i().finally(()=>{this.#d=null;});this.#d=this.attempt=attempt;return attempt;}
async #i(){const{name,place}=this;const limit=place?i:this.#b;const command={type:'join',room:name,since:place??undefined,limit,more:true,private:this.#h,};try{const a=await this.#a.request(command);if(this.state !=='left')this.#j(a);}catch(error){if(error instanceof Disconnected)return false;if(!(error instanceof CommandError))throw error;if(this.state==='left')return true;if(error.code==='not_found'&&this.to)this.#k();else this.#l(error,'refused');}
return true;}
#k(){this.state='new';this.place=null;this.#f.call('new',undefined);this.#a.outbox().pump();}
#j(a){const before=this.place;const e=a.recovered===true&&before !==null;this.#m(a.room);this.state='joined';this.#h=a.kind==='private'||undefined;this.error=null;this.count=a.count??this.count;this.#e=null;if(!this.#c){this.place={epoch:a.epoch,offset:a.offset};this.#f.call('joined',a);for(const c of a.messages)this.#n(c,a.epoch);}else{this.#f.call('joined',a);this.#o(a,before,e);}
if(!e)this.#a.outbox().settle(this);this.#a.outbox().pump();}
#o(a,before,e){if(e){this.#p(a);return;}
this.place=null;if(before)this.#f.call('gap',{before,messages:a.messages});else this.#q(a);this.place={epoch:a.epoch,offset:a.offset};}
async #p(a){const d=[];this.#e=d;const n=()=>this.#e===d;for(let page=a;;){this.#q(page);if(!page.more||page.messages.length===0)break;const before=this.place;const h={after:before?.offset,limit:i};page=await this.history(h).catch(()=>null);if(!n())return;if(page)continue;this.#f.call('gap',{before,messages:[]});break;}
this.#e=null;for(const c of d)this.#r(c,c.epoch);}
#q(page){let epoch=page.first_epoch??page.epoch;for(const c of page.messages){epoch=c.epoch??epoch;this.#r(c,epoch);}}
#r(c,epoch){if(this.place&&c.offset <=this.place.offset)return;this.place={epoch:epoch??this.place?.epoch??'',offset:c.offset};this.#n(c,this.place.epoch);this.#f.call('entry',c);if(!c.deleted)this.#f.call(c.type,c);}
#n({type,id,user,offset},epoch){if(type !=='message'||!id||!sameName(user,this.#a.user()))return;this.#a.outbox().arrived(id,{epoch,offset});}
push(push){if(push.type==='joined'){this.#j({...push,recovered:false});}else if(Number.isSafeInteger(push.offset)&&!k.has(push.type)){if(this.#e)this.#e.push(push);else this.#r(push,push.epoch);}else if(push.type==='direct'){this.#m(push.room);if(this.state !=='joined')this.enter();}else if(push.type==='kicked'){this.#l(new CommandError({code:'kicked',text:push.text}),'kicked');}else{if(push.type==='presence')this.count=push.count??this.count;this.#f.call(push.type,push);}}
#l(error,event){this.state='refused';this.error=error;this.#e=null;this.#f.call(event,error);this.#a.outbox().giveUp(this,error);}
#m(name){const before=this.key;this.name=name;this.key=keyOf(name);if(this.key !==before)this.#a.renamed(before,this);}
disconnected(){if(this.state !=='left')this.state='away';this.#e=null;}}
return { RoostRoom };
})();
const m22 = (() => {
const { keyOf } = m2;
class Sessions{session;#a;#b='';constructor(a){this.#a=a;}
load(b){this.#b=`roost.session.${keyOf(b)}`;this.session=this.storedSession;}
get storedSession(){return this.#a?.getItem(this.#b)??undefined;}
keepSession(b,session){this.#b=`roost.session.${keyOf(b)}`;this.session=session;this.#a?.setItem(this.#b,session);}
ended(){if(this.session===this.storedSession)this.#a?.removeItem(this.#b);this.session=undefined;}}
return { Sessions };
})();
const m23 = (() => {
const { CommandError, Commands, Disconnected } = m0;
const { chatAddress, Connection } = m16;
const { Listeners } = m17;
const { Login } = m18;
const { keyOf } = m2;
const { Outbox } = m19;
const { nextWelcome } = m20;
const { RoostRoom } = m21;
const { Sessions } = m22;
const l='roost.v1';const j=4005;const m=new Set(['rate_limited','unavailable']);const n=5_000;const o=1_000;class Roost{user='';account=false;welcome=null;first=null;outbox;#a;#b;#c;#d;#e=new Map();#f=new Listeners();#g=false;#h=false;#i;#j=false;constructor(h,c={}){const{user,password,token,storage,unsent,client}=c;this.#i=c.direct !==false;const k=c.WebSocket??globalThis.WebSocket;if(!k)throw new Error('There is no WebSocket here: pass one, { WebSocket }.');const p=/^wss?:/i.test(h)?h:chatAddress({href:h});this.#d=c.sessions??new Sessions(storage);this.#a=new Connection(()=>new k(p,l),{opened:()=>this.#c.begin(this.user),received:(b)=>this.#k(b),closed:(code,reason)=>this.#l(code,reason),changed:()=>this.#f.call('state',this.state),probe:()=>this.#b.probe((this.first??this.rooms[0])?.name??'lobby'),});this.#b=new Commands(this.#a);this.#c=new Login(this.#b,this.#d,{welcomed:(welcome,restarted)=>this.#m(welcome,restarted),refused:(error)=>this.#n(error),},client);this.outbox=new Outbox(this.#b,(a)=>this.#e.get(a),unsent,{changed:()=>this.#f.call('outbox',undefined),ended:(item,error)=>this.#f.call('sent',{item,error}),});if(user !==undefined)this.#o(user,{password,keeps:true,token});}
get state(){return this.#a.state;}
get limits(){return this.welcome?.limits;}
get rooms(){return [...this.#e.values()];}
on(name,q){return this.#f.add(name,q);}
login(user,d={}){const{password,token}=d;this.#o(user,{password,token});}
#o(user,d){this.user=user;this.#j=d.keeps===true;this.#h=typeof d.token==='function';this.#c.use(d);this.#d.load(user);this.outbox.enter(user);this.#a.open();}
ready(){if(this.#g&&this.welcome)return Promise.resolve(this.welcome);return nextWelcome(this);}
join(name,c={}){const f=this.room(name);if(f?.state==='refused'&&this.#g)f.enter();if(f)return f;const room=new RoostRoom(this.#p,name,c);this.#e.set(room.key,room);if(this.#g)room.enter();return room;}
room(name){return this.#e.get(keyOf(name));}
command(type,fields={}){return this.#b.request({...fields,type});}
async logout({everywhere=false}={}){await this.command('logout',{everywhere});this.#d.ended?.();this.close();}
close(){this.#q(new Disconnected('It was closed here.'));}
#q(error){this.#a.close();this.#l(1000,error.message);this.outbox.giveUp(null,error);}
retryNow(){this.#a.retryNow();}
expectWriting(){this.#a.expectWriting();}
#p={user:()=>this.user,timing:()=>this.welcome?.timing,outbox:()=>this.outbox,request:(command)=>this.#b.request(command),tell:(command)=>this.#b.tell(command),left:(room)=>this.#r(room),renamed:(a,room)=>this.#s(a,room),};#r(room){if(this.#e.get(room.key)===room)this.#e.delete(room.key);this.outbox.giveUp(room,new Disconnected('The room was left.'));}
#s(a,room){const g=this.rooms.filter((e)=>e===room||e.key !==room.key);this.#e=new Map(g.map((e)=>[e.key,e]));this.outbox.move(a,room);}
#m(welcome,restarted){this.#g=true;this.#j=true;this.user=welcome.user;this.account=welcome.account===true;this.welcome={...welcome,restarted};this.outbox.enter(welcome.user);this.#f.call('welcome',this.welcome);this.#t();}
async #t(){const{first,rooms}=this;const g=rooms.filter((room)=>room !==first);for(const room of first?[first,...g]:g){if(room.state==='joined'||this.#e.get(room.key)!==room)continue;if(!(await room.enter()))return;}}
#n(error){if(this.#j&&m.has(error.code)){this.#a.retryAfter(error.retryAfter??n,error.message);return;}
this.#f.call('refused',error);this.#q(error);}
#k(b){if(this.#b.settle(b))return;if(b.type==='direct'&&this.#i)this.#u(b);if(b.room !==undefined)this.room(b.room)?.push(b);this.#f.call('push',b);}
#u({room:name,epoch,offset}){if(this.room(name))return;const room=new RoostRoom(this.#p,name,{since:{epoch,offset}});room.state='joined';this.#e.set(room.key,room);this.#f.call('direct',room);}
#l(code,reason){if(code===j&&this.#h){this.#a.retryAfter(o,reason);return;}
this.#g=false;this.#c.abandon();this.#b.abandon();for(const room of this.#e.values())room.disconnected();if(code===j)this.#d.ended?.();this.#f.call('closed',{code,reason});if(this.state.phase==='stopped')this.#f.call('stopped',{code,reason});}}
return { Roost };
})();
const m24 = (() => {
class Past{entries=[];get length(){return this.entries.length;}
keep(entries,a,d){for(const b of entries)b.epoch=a;this.entries.push(...entries);const c=this.entries[this.entries.length - 1];if(c&&(c.end??'missed')==='missed')c.end=d;}
reach(a,e){const f=(b)=>b.epoch !==a||b.offset < e;if(!this.entries.every(f))this.entries=this.entries.filter(f);let from=this.entries.length;let g=e - 1;while(from > 0&&this.entries[from - 1].epoch===a
&&this.entries[from - 1].offset===g){from -=1;g -=1;}
const h=this.entries.splice(from);for(const b of h)delete b.end;const c=this.entries[from - 1];if(c)c.end??='missed';return h;}
dropOldest(i){return this.entries.splice(0,Math.max(0,i)).length;}
dropPresent(a){this.entries=this.entries.filter((b)=>b.epoch !==a);}}
return { Past };
})();
const m25 = (() => {
const epochsOf=({epoch,first_epoch:c,messages})=>
[c,...messages.map((b)=>b.epoch),epoch].filter((e)=>e);function hasBegunAnew(a,{epoch,offset}){if(offset < 1)return false;if(offset > a.offset)return true;let at=a.first_epoch??a.epoch;const d=new Set([at]);for(const b of a.messages){at=b.epoch??at;d.add(at);if(b.offset===offset)return at !==epoch;}
const c=a.messages[0]?.offset??a.offset + 1;return c <=offset + 1&&!d.has(epoch);}
return { epochsOf, hasBegunAnew };
})();
const m26 = (() => {
const { Company } = m12;
const { changeAmong, entryOf, isMessage } = m3;
const { isConversation, keyOf, mentions, sameName } = m2;
const { Past } = m24;
const { epochsOf, hasBegunAnew } = m25;
const windowLimit=5000;const t=64;class Room extends Company{state='away';problem='';epoch=null;placeEpoch=null;epochs=new Set();position=-1;entries=[];topic='';past=new Past();wishes=new Map();quoted=new Map();answered=null;editing=null;atEnd=true;following=true;older='unknown';newer='unknown';unread=0;noted=-1;begunAt=null;readTo=null;readEpoch=null;newFrom=null;renewed=false;#a='open';#b=false;constructor(name,p){super();this.name=name;this.key=keyOf(name);this.link=p;}
get kind(){return isConversation(this.name)?'direct':this.#a;}
get title(){return this.link?.to||this.name;}
get mentioned(){return this.#b||(this.kind==='direct'&&this.unread > 0);}
get first(){return this.entries[0];}
get last(){return this.entries[this.entries.length - 1];}
applyJoined(b,d,e,u=false,c=undefined){const v=b.recovered===true&&this.epoch !==null;const f=this.epoch;const q=this.epochs.has(b.epoch)||this.epochs.has(b.first_epoch);this.state='joined';this.problem='';this.name=b.room;this.topic=b.topic??'';this.#a=b.kind??'open';this.enter(b);if(v){for(const a of b.messages)this.applyEntry(a,d);if(b.more)this.#c(b.offset);this.#d(b);this.readElsewhere({offset:c?.read??0},d);return;}
if(f !==null){const w=u?'restarted':'closed';this.past.keep(this.entries,f,q?'missed':w);}
if(!q){this.epoch=b.epoch;this.epochs.clear();this.quoted.clear();}
this.#d(b);this.entries=b.messages.map(entryOf);this.position=b.offset;this.atEnd=true;this.older=(this.first?.offset??1)> 1?'unknown':'none';this.renewed=f===null&&e !==undefined&&hasBegunAnew(b,e);this.#e();this.#f();this.#g(d,b,e,f,c);}
#d(b){for(const epoch of epochsOf(b))this.epochs.add(epoch);this.placeEpoch=b.epoch;}
#c(offset){this.unread +=Math.max(0,offset - this.position);this.position=Math.max(this.position,offset);this.atEnd=false;}
#e(){const first=this.first?.offset??this.position + 1;this.entries.unshift(...this.past.reach(this.epoch,first));if(this.first?.offset <=1)this.older='none';}
isPast(a){return a.epoch !==undefined&&a.epoch !==this.epoch;}
#g(d,b,e,f,c){const m=(this.first?.offset??this.position + 1)- 1;if(f===null&&c){this.readTo=this.epochs.has(e?.epoch)
?Math.max(c.read,Math.min(e.offset,this.position)):c.read;this.readEpoch=b.first_epoch??b.epoch;}else if(f===null&&!this.renewed){this.readTo=e?.offset??this.position;this.readEpoch=e?.epoch??this.placeEpoch;}else if(f !==this.epoch||this.readTo===null){this.readTo=m;this.readEpoch=b.first_epoch??b.epoch;}
this.#h(d);if(c&&c.read===this.readTo)this.#i(c,m);else this.readElsewhere({offset:c?.read??0},d);}
#i(c,m){if(c.read >=m)return;const x=this.entries.filter((a)=>isMessage(a)&&a.offset > c.offset);this.unread=c.unread + x.length;this.#b||=c.mentions > 0;}
#h(d){const y=keyOf(d);const n=this.entries.filter((a)=>
isMessage(a)&&a.offset > this.readTo&&a.author !==y);const f=(this.first?.offset??this.position + 1)- 1 - this.readTo;const z=this.position -(this.last?.offset??this.position);this.unread=n.length + Math.max(0,f)+ Math.max(0,z);this.newFrom=n.length > 0?n[0].offset:null;this.#b=n.some((a)=>mentions(a.text,d));}
readElsewhere(o,d){const epoch=o?.epoch??this.placeEpoch;if(this.readTo===null||!o||!this.epochs.has(epoch))return false;if(o.offset <=this.readTo)return false;this.readTo=Math.min(o.offset,this.position);this.readEpoch=epoch;const{newFrom}=this;this.#h(d);if(this.unread===0)this.newFrom=newFrom;return true;}
applyEntry(a,d,r=false){if(a.offset <=this.position)return;this.position=a.offset;if(a.epoch){this.placeEpoch=a.epoch;this.epochs.add(a.epoch);}
const h=entryOf(a);this.#j(h);if(this.atEnd)this.#k(h);if(r)this.#l();if(!isMessage(h))return;this.typing.delete(h.author);if(r||sameName(h.user,d))return;if(this.unread===0)this.newFrom=h.offset;this.unread +=1;if(mentions(h.text,d))this.#b=true;}
#j(i){if(i.type==='topic')this.topic=i.text;if(i.target===undefined)return;const aa=this.past.entries.filter((a)=>!this.isPast(a));changeAmong([...this.quoted.values(),...aa,...this.entries],i);}
#k(a){if(this.past.length + this.entries.length >=windowLimit&&!this.following){this.atEnd=false;return;}
this.entries.push(a);this.#f();}
#f(){if(this.past.length + this.entries.length <=windowLimit)return;const l=this.past.length + this.entries.length - windowLimit + t;const s=l - this.past.dropOldest(l);if(s===0)return;this.entries.splice(0,s);this.older='unknown';}
prepend(g,k){const first=this.first?.offset??Infinity;const j=g.filter(({offset})=>offset < first).map(entryOf);this.older=k&&j.length > 0?'unknown':'none';this.entries.unshift(...j);this.#e();const l=this.past.length + this.entries.length - windowLimit;if(l > 0){this.entries.splice(-l);this.atEnd=false;}}
append(g,k){const last=this.last?.offset??-1;const j=g.filter(({offset})=>offset > last).map(entryOf);if(last >=0&&j.length > 0&&j[0].offset > last + 1){this.past.keep(this.entries,this.epoch,'missed');this.entries=[];this.older='none';}
this.entries.push(...j);for(const a of j)this.#j(a);this.#f();this.atEnd=!k||(this.last?.offset??-1)>=this.position;}
replace(g,k){this.entries=g.map(entryOf);this.older=k?'unknown':'none';this.past.dropPresent(this.epoch);this.#f();this.position=Math.max(this.position,this.last?.offset??-1);this.atEnd=(this.last?.offset??this.position)>=this.position;}
applyKicked(ab){Object.assign(this,{state:'refused',problem:ab});this.verdict??={};this.members=null;this.typing.clear();}
disconnected(){this.state='away';this.typing.clear();if(this.older !=='none')this.older='unknown';this.newer='unknown';}
#l(){this.readTo=this.position;this.readEpoch=this.placeEpoch;}
markRead(){this.#l();this.unread=0;this.#b=false;}}
return { windowLimit, Room };
})();
const m27 = roostModules.m27 ??= (() => {
const { isEnglish, words } = m8;
const i=new Set(['bad_json','bad_request','unknown_type','not_logged_in']);const j=new Set(['name_taken','bad_password','bad_name','too_many_rooms','too_long','rate_limited','unavailable',]);const k=new Set(['bad_name','bad_request']);function wordsForError({code,message}){const l=code==='bad_request'&&message.startsWith('The text ');const c=j.has(code)?words(`error.${code}`):'';if(i.has(code)&&!l)return words('error.misunderstood');if(!message)return c||words('error.misunderstood');if(isEnglish())return message;const g=words('error.server',{sentence:message});if(!c)return g;return k.has(code)?`${c} ${g}`:c;}
const m=new Set([1001,1006,1008,1011,1012,1013,4001,4002,4003,4004,4005]);const e=(code)=>words(`close.${m.has(code)?code:1006}`);const nameIn=(d)=>/Try "([^"\s]{1,64})"\.[”“»]?$/u.exec(d)?.[1]??'';const wordsForSession=()=>e(4005);function wordsForKick(a){const c=a.replace(/^You were sent out: /u,'');if(c !==a||!/^You (?:were sent|are not invited)/u.test(a)){return `${e(4003)} ${c}`.trim();}
return isEnglish()?a:words('error.server',{sentence:a});}
const wordsForExile=(b)=>
(b.phase==='stopped'&&[4003,4004].includes(b.code)?wordsForState(b):'');function wordsForState(b,n){const{phase,code}=b;const a=isEnglish()?b.reason:'';const o=code===4004&&b.reason&&!isEnglish();const h=code===1013&&b.reason;const f=(h&&a)||e(code);switch(phase){case 'connecting':
return words(b.attempt > 0?'bar.again':'bar.first');case 'open':
return words(b.doubt?'bar.doubt':'state.open');case 'waiting':
return n||h?f:words('bar.offline');case 'stopped':
if(code===4003)return wordsForKick(b.reason);return o?`${f} ${words('error.server',{sentence:b.reason})}`
:a||f;default:
return '';}}
return { wordsForError, nameIn, wordsForSession, wordsForKick, wordsForExile, wordsForState };
})();
const m28 = (() => {
const { Disconnected } = m0;
const { words } = m8;
const { isConversation, keyOf, sameName } = m2;
const { Reads } = m10;
const { Room } = m26;
const { wordsForError } = m27;
const w='lobby';const s=100;const x=20;const n=64;const t=()=>words('rooms.length',{count:n});const y=new Set(['bad_name','bad_request','not_found']);class Rooms{current=null;problem='';invitations=[];#a=new Map();#b;#c;#d;#e;#f='';#g=new Set();#h=new Map();constructor(d,b,a){this.#c=d;this.#d=b;this.#e=a;this.#b=new Reads(d);d.on('push',(e)=>{if(e.type==='direct')this.#i(e);if(e.type==='invited')this.#j(e);});document.addEventListener('visibilitychange',()=>this.look());}
get list(){return [...this.#a.values()];}
get(f){return this.#a.get(f);}
named(name){return this.#a.get(keyOf(name));}
get unread(){return this.list.reduce((z,room)=>z + room.unread,0);}
restore(o,aa){this.problem='';const h=this.#d.roomNames;const u=h.length > 0?h:[w];for(const{link}of this.list)link.leave();this.#a=new Map();for(const name of [...u,...aa])this.#k(name);this.current=this.named(u[0]);if(o.length > n * 2)this.problem=t();else if(o)this.current=this.#k(o);this.#c.first=this.current?.link??null;}
#k(name,{last=s,kind}={}){const h=this.named(name);if(h)return h;const p=kind==='private'||this.#d.isPrivate(name)||undefined;const link=this.#c.join(name,{last,catchUp:false,private:p});const room=new Room(name,link);this.#a.set(room.key,room);link.on('joined',(j)=>this.#l(room,j));link.on('refused',(g)=>this.#m(room,g));link.on('new',()=>{room.state='new';this.#e.changed();});link.on('read',(e)=>{this.#b.heard(room,e);if(room.readElsewhere(e,this.#c.user))this.#d.wasRead(room);this.#e.changed();});this.#e.opened(room);return room;}
async welcomed(i){this.#g=new Set(i?this.list:[]);const q=this.#d.roomNames.length===0;const{welcome}=this.#c;const ab=await this.#b.ask();if(this.#c.welcome===welcome)this.invitations=[];for(const c of ab){if(this.#c.welcome !==welcome)return;if(!this.named(c.room)&&this.#n(c,q)){const last=Math.min(s,c.unread + x);await this.#k(c.room,{last,kind:c.kind}).link.attempt;}}
this.#e.changed();}
#n({room,kind,offset,read},q){const k=this.#d.closedAt(room);if(kind==='direct')return k===undefined||offset > k;if(k !==undefined)return false;if(kind==='private'&&read===0)this.invitations.push({room,user:''});return read > 0&&(kind==='private'||q);}
#i(e){this.#b.began(e);const room=this.#k(e.room);if(room.epoch===null)room.begunAt=e.offset;this.#e.changed();}
#j({room,user}){if(this.named(room))return;this.invitations=this.invitations.filter((c)=>!sameName(c.room,room));this.invitations.push({room,user});this.#e.changed();}
decline(name){this.invitations=this.invitations.filter((c)=>!sameName(c.room,name));this.#d.close(name,0);this.#e.changed();}
#l(room,j){const r=this.#c.user;this.#o(room,j.room);const i=this.#g.delete(room);const read=this.#d.readTo(room);room.applyJoined(j,r,read,i,this.#b.of(room));room.noted=-1;this.#d.joined(room);this.invitations=this.invitations.filter((c)=>!sameName(c.room,room.name));this.look();this.#b.goOn();this.#e.entered(room,j);this.#e.changed();}
#m(room,g){room.state='refused';room.problem=wordsForError(g);if(g.code==='forbidden')room.verdict??={};const ac=room.epoch !==null||this.#d.isPrivate(room.name);if(y.has(g.code)&&!ac)this.#p(room);this.#e.changed();}
#o(room,name){const l=room.key;room.name=name;room.key=keyOf(name);if(room.key===l)return;this.#a=new Map(this.list.filter((c)=>c===room||c.key !==room.key)
.map((c)=>[c.key,c]));if(this.current&&this.get(this.current.key)!==this.current)this.current=room;this.#e.renamed(l,room);}
#p(room){this.problem=words('rooms.missing',{room:room.title,problem:room.problem});this.#d.left(room);this.#q(room);}
write(name){return this.join(`@${this.#c.user},${name}`);}
async create(name){const ad=sameName(this.#f,name);this.#f='';try{await this.#c.command('create',{room:name});}catch(g){if(g instanceof Disconnected)this.#f=name;if(!ad||g.code !=='name_taken')throw g;}
await this.join(name,'private');}
async join(name,kind){this.problem='';const h=this.named(name);if(h){this.select(h);return;}
if(name.length > n * 2&&!isConversation(name)){this.problem=t();this.#e.changed();return;}
const l=this.current;const room=this.#k(name,{kind});this.#h.set(room,l);this.select(room);await room.link.attempt;if(room.state==='refused'&&this.get(room.key)===room){this.problem=room.problem;this.#q(room);}
this.#h.delete(room);}
leave(room){this.problem='';this.#d.left(room);if(room.kind !=='open')this.#d.close(room.name,room.position);this.#q(room);}
#q(room){room.link.leave();this.#b.forget(room);this.#a.delete(room.key);if(this.current===room){this.current=null;const m=this.#h.get(room);const v=m&&this.get(m.key)===m?m:this.list[0];if(v)this.#r(v);}
this.#e.changed();}
select(room){this.problem='';if(room !==this.current)this.#r(room);this.#e.changed();}
#r(room){if(this.current)this.current.newFrom=null;this.current=room;this.#c.first=room.link;room.following=true;this.look();}
watches(room){return room===this.current&&!document.hidden&&room.following&&room.atEnd;}
look(){const room=this.current;if(!room||!this.watches(room)||room.state !=='joined')return;if(room.unread===0&&room.noted===room.position)return;room.markRead();room.noted=room.position;this.#d.wasRead(room);this.#b.note(room);this.#e.changed();}
readElsewhere(r){const ae=this.list.filter((room)=>room.readElsewhere(this.#d.readTo(room),r));if(ae.length > 0)this.#e.changed();}
disconnected(){for(const room of this.#a.values())room.disconnected();}}
return { Rooms };
})();
const m29 = (() => {
const { CommandError, Disconnected } = m0;
const { clientName } = m1;
const { Drafts } = m5;
const { History } = m6;
const { words } = m8;
const { keyOf, sameName } = m2;
const { People } = m9;
const { can } = m10;
const { Record } = m11;
const { typingLasts } = m12;
const { Roost } = m23;
const { Rooms } = m28;
const { setLastName, setSeen, setTabName, setUnsent, unsent } = m4;
const { wordsForError, wordsForKick, wordsForSession } = m27;
const i=4_000;const c=4005;const g='You have signed out elsewhere.';const h=new Set(['rate_limited','unavailable','bad_request']);function j({code,message}){return code==='bad_name'?/Try "([^"\s]{1,64})"\.$/u.exec(message)?.[1]??'':'';}
function d(error){if(error instanceof Disconnected)return words('account.lost');if(!(error instanceof CommandError))throw error;return error.code==='bad_request'?error.message:wordsForError(error);}
class Chat{phase='login';me='';problem='';suggestion='';asksPassword=false;account=false;notice=null;news={number:0,words:''};textLimit=4000;signingOut=false;drafts=new Drafts();#a;#b;constructor(k,changed){this.#b=changed;this.#a=new Record({readElsewhere:()=>this.rooms.readElsewhere(this.me),signedOutElsewhere:()=>this.#c(),});this.connection=new Roost(k,{sessions:this.#a,unsent:{load:unsent,save:setUnsent},direct:false,client:clientName(),});this.outbox=this.connection.outbox;this.history=new History(this.connection,changed);this.people=new People(this.connection,changed);this.rooms=new Rooms(this.connection,this.#a,{changed,opened:(room)=>this.#d(room),entered:(room,e)=>{this.drafts.restore(room);if(e.recovered&&e.more){this.history.rest(room).then(()=>this.rooms.look());}},renamed:(f,room)=>this.drafts.move(f,room),});this.#e();addEventListener('pagehide',()=>this.#a.save());document.addEventListener('visibilitychange',()=>this.#a.save());}
#e(){const{connection}=this;for(const event of ['state','outbox','push'])connection.on(event,this.#b);connection.on('welcome',(b)=>this.#f(b));connection.on('refused',(error)=>{const{code}=error;if(!h.has(code))setSeen(keyOf(this.me),null);this.suggestion=j(error);this.asksPassword=code==='name_taken'||code==='bad_password'
||(this.asksPassword&&h.has(code));this.#g(wordsForError(error));});connection.on('closed',({code,reason})=>{this.rooms.disconnected();if(code===c)this.#c(reason);});connection.on('sent',({item,error})=>{if(error)item.problem=wordsForError(error);const l=error?words('message.notSent',{problem:item.problem})
:words('message.wasSent');this.news={number:this.news.number + 1,words:l};});}
can(m){return can(this.connection,m);}
enter(name,n,password=''){this.me=name;this.problem=this.suggestion='';this.phase='entering';this.connection.login(name,{password});this.rooms.restore(n,this.outbox.places);this.#b();}
async keepName(password){try{await this.connection.command('account',{password});this.account=true;this.#b();return '';}catch(error){return d(error);}}
async sessions(){try{const{sessions}=await this.connection.command('sessions');return{sessions,problem:''};}catch(error){return{sessions:[],problem:d(error)};}}
async endSession(session){try{await this.connection.command('logout',{session});}catch(error){if(error.code !=='not_found')return{sessions:[],problem:d(error)};}
return this.sessions();}
async signOut(everywhere=false){if(this.signingOut)return;this.signingOut=true;this.#b();await this.connection.command('logout',{everywhere}).catch(()=>{});this.signingOut=false;this.#a.save();this.#a.forgetSession();this.outbox.forget();this.drafts.forget();this.#g('');}
#c(reason=g){if(this.phase==='login'||this.signingOut)return;this.#a.forgetSession();this.#g(reason===g?wordsForSession():reason);}
#g(problem){setTabName('');this.phase='login';this.problem=problem;this.connection.close();this.#b();}
#f(b){this.phase='in';this.me=b.user;this.account=b.account===true;this.asksPassword=false;this.textLimit=b.limits?.text??this.textLimit;setLastName(this.me);setTabName(this.me);this.rooms.welcomed(b.restarted);this.#b();}
join(name,o){return this.rooms.join(name,o);}
leave(room){this.outbox.forget(room);this.drafts.forget(room);this.rooms.leave(room);}
say(text){const room=this.rooms.current;if(!room)return;room.newFrom=null;room.following=true;const p=room.answered?{reply:room.answered.offset}:{};this.drafts.answer(room,null);room.link.say(text,p).catch(()=>{});if(!room.atEnd)this.history.newest(room);}
typed(){this.connection.expectWriting();this.rooms.current?.link.typing();}
#d(room){const{link}=room;link.on('entry',(q)=>{room.applyEntry(q,this.me,this.rooms.watches(room));this.rooms.look();});link.on('presence',(a)=>{room.applyPresence(a);this.#h(room,a);});link.on('typing',({user})=>{if(sameName(user,this.me))return;room.applyTyping(user);setTimeout(this.#b,typingLasts + 100);});link.on('moderated',(a)=>{const{epoch,position}=room;room.applyAct(a,{epoch,after:position,came:Date.now()},this.me);});link.on('kicked',(error)=>room.applyKicked(wordsForKick(error.message)));}
#h(room,a){if(a.event==='count'||sameName(a.user,this.me))return;const f=a.event==='join'?'notice.joined':'notice.left';this.note(room,words(f,{name:a.user}));}
note(room,text){const notice={room,text};this.notice=notice;this.#b();setTimeout(()=>{if(this.notice !==notice)return;this.notice=null;this.#b();},i);}}
return { Chat };
})();
const m30 = roostModules.m30 ??= (() => {
const byID=(l)=>document.getElementById(l);function element(m,n={},...o){const a=document.createElement(m);const{className,dataset,attributes,...others}=n;if(className)a.className=className;if(dataset)Object.assign(a.dataset,dataset);for(const [name,value] of Object.entries(attributes??{}))a.setAttribute(name,value);Object.assign(a,others);a.append(...o);return a;}
function icon(name){const h='http://www.w3.org/2000/svg';const d=document.createElementNS(h,'svg');const i=document.createElementNS(h,'use');i.setAttribute('href',`#icon-${name}`);d.setAttribute('class','icon');d.setAttribute('aria-hidden','true');d.append(i);return d;}
function setText(node,j){if(node.textContent !==j)node.textContent=j;}
function setHidden(node,e){if(node.hidden !==e)node.hidden=e;}
const composes=(event)=>event.isComposing||event.keyCode===229;const touchKeyboard=matchMedia('(pointer: coarse)');const k=new WeakMap();function reconcile(parent,p,q,r,s){const b=k.get(parent)??new Map();const g=new Map();for(const c of p)g.set(q(c),c);for(const [key,node] of b){if(g.has(key))continue;node.remove();b.delete(key);}
let f=parent.firstChild;for(const [key,c] of g){let node=b.get(key);if(!node){node=r(c);b.set(key,node);}
s(node,c);if(node===f)f=f.nextSibling;else parent.insertBefore(node,f);}
k.set(parent,b);}
return { byID, element, icon, setText, setHidden, composes, touchKeyboard, reconcile };
})();
const m31 = roostModules.m31 ??= (() => {
const { byID, element } = m30;
const started={chat:null,view:null};function loadLater(){document.head.append(element('script',{id:'page-later',src:byID('later').href}));}
return { started, loadLater };
})();
const m32 = roostModules.m32 ??= (() => {
function placeIn(e){let text=e.slice(1);try{text=decodeURIComponent(text);}catch{}
const c=/^(.*)\/(\d{1,15})$/su.exec(text);return c?{room:c[1],offset:Number(c[2])}:{room:text,offset:null};}
const hashOf=(a,b)=>
`#${encodeURIComponent(a.name)}${b===undefined?'':`/${b}`}`;function linkTo(a,d,f=location){return new URL(hashOf(a,d.offset),f.href.split('#')[0]).href;}
async function copyLink(a,d){try{await navigator.clipboard.writeText(linkTo(a,d));return true;}catch{return false;}}
return { placeIn, hashOf, linkTo, copyLink };
})();
const m33 = (() => {
const { byID, composes, setHidden, setText } = m30;
const { words } = m8;
const { isConversation } = m2;
const { lastName } = m4;
const { wordsForState } = m27;
class LoginView{#a;#b=byID('login');#c=byID('login-form');#d=byID('name');#e=byID('password');#f=byID('password-label');#g=byID('enter');#h=byID('login-problem');#i=byID('login-room');#j=byID('login-unsent');#k=byID('login-offer');#l=true;#m=false;#n=false;#o=false;#p;constructor(b,d){this.#a=b;this.#d.value=lastName();this.#c.addEventListener('submit',(event)=>{event.preventDefault();const name=this.#d.value.trim();this.#n=true;this.#o=this.#e.value !=='';if(name==='')this.#d.focus();else b.enter(name,d(),this.#e.value);});this.#d.addEventListener('keydown',(event)=>{if(event.key==='Enter'&&composes(event))event.preventDefault();});this.#k.addEventListener('click',()=>{this.#d.value=this.#a.suggestion;this.#c.requestSubmit();});this.#p=d;}
render(){const{phase,connection,problem,suggestion,outbox,asksPassword}=this.#a;const f=['waiting','stopped'].includes(connection.state.phase);const g=phase==='login'||(phase==='entering'&&(f||this.#n));setHidden(this.#b,!g);if(!g){this.#l=true;this.#e.value='';return;}
if(phase==='login')this.#n=false;const e=phase==='entering'&&!f;this.#b.classList.toggle('busy',e);this.#g.disabled=e;setText(this.#g,words(e?'login.busy':'login.join'));setText(this.#h,phase==='entering'?this.#q(connection.state):problem);setHidden(this.#e,!asksPassword);setHidden(this.#f,!asksPassword);if(!asksPassword)this.#e.value='';const h=phase==='login'&&problem !=='';this.#d.setAttribute('aria-invalid',String(h&&!this.#o));this.#e.setAttribute('aria-invalid',String(h&&this.#o));const i=this.#p();const room=isConversation(i)?'':i;setHidden(this.#i,!room);setText(this.#i,room?words('login.room',{room}):'');setHidden(this.#k,suggestion==='');setText(this.#k,suggestion?words('login.as',{name:suggestion}):'');const a=outbox.unsent().length;setHidden(this.#j,a===0);const k=`${words('unsent',{count:a})} ${words('login.kept')}`;setText(this.#j,a > 0?k:'');const l=asksPassword&&!this.#l?this.#e:this.#d;if(this.#l||(problem !==''&&this.#m&&!e))l.select();this.#l=false;this.#m=e;}
#q(c){const j=wordsForState(c,navigator.onLine);if(c.phase==='stopped')return j;if(c.phase !=='waiting')return '';const m=c.code !==1006||!navigator.onLine;return words('login.trying',{problem:m?j:words('login.unreachable')});}}
return { LoginView };
})();
const m34 = (() => {
const { byID, setHidden } = m30;
const { onLanguage } = m8;
const { hashOf, placeIn } = m32;
const { keyOf } = m2;
const { started } = m31;
const { LoginView } = m33;
const roomInAddress=()=>placeIn(location.hash).room;class View{#a;#b;#c=null;#d=placeIn(location.hash);#e=false;#f=false;#g=matchMedia('(pointer: fine)');constructor(chat){this.#a=chat;this.#b=[new LoginView(chat,roomInAddress)];Object.assign(started,{chat,view:this});onLanguage(()=>{this.#c?.messages.forget();this.schedule();});addEventListener('popstate',(event)=>this.#h(event.state));document.addEventListener('close',()=>{const{activeElement:node,body}=document;const k=node===body||!node.checkVisibility();if(this.#f&&k)this.focusComposer();},true);document.addEventListener('visibilitychange',()=>{if(this.#e)this.#i();});}
complete(a,f){this.#c=a;this.#b.unshift(...f);byID('loading').remove();this.schedule();}
say(l){this.#c.panels.note=l;this.schedule();}
takePlace(){const c=this.#d;this.#d=null;return c?.offset===null?null:c;}
showMessage(m){this.#c.messages.show(m);}
jumpTo(b,offset){this.#d={room:b.name,offset};this.schedule();}
startWriting(){this.#c.composer.render();this.schedule();this.#c.composer.focus();}
schedule(){if(this.#e)return;this.#e=true;this.#i();}
#i(){const g=()=>{if(!this.#e)return;this.#e=false;this.#j();};if(document.hidden)setTimeout(g,200);else requestAnimationFrame(g);}
#j(){const{phase,rooms}=this.#a;const h=phase==='in'&&this.#c !==null;setHidden(byID('chat'),!h);if(!this.#c)setHidden(byID('loading'),phase !=='in');for(const n of this.#b)n.render();if(h&&rooms.current)this.#k(rooms.current);if(h&&!this.#f)this.focusComposer();this.#f=h;}
#h(d){this.#d=placeIn(location.hash);if(this.#a.phase !=='in')return;const name=roomInAddress();const{rooms}=this.#a;const b=rooms.named(name);if(b)rooms.select(b);else if(name&&!d?.visited)this.#a.join(name);else this.schedule();}
#k(b){const i=roomInAddress();const d={visited:true};const e=hashOf(b);const j=keyOf(i)===b.key;if(j&&history.state?.visited&&i===b.name)return;if(j||!this.#a.rooms.named(i))history.replaceState(d,'',e);else history.pushState(d,'',e);}
focusComposer(){this.#c.composer.render();if(this.#g.matches)this.#c.composer.focus();}}
return { roomInAddress, View };
})();
(() => {
const { Chat } = m29;
const { chatAddress } = m16;
const { speak, speakAtOnce } = m8;
const { loadLater } = m31;
const { tabName } = m4;
const { roomInAddress, View } = m34;
const a=document.getElementById('loading');const d=()=>
getComputedStyle(document.documentElement).getPropertyValue('--page')!=='';async function b(){if(!a?.isConnected||'started' in a.dataset||!d())return;a.dataset.started='';document.removeEventListener('load',b,true);if(!speakAtOnce())await speak();let view=null;const c=new Chat(chatAddress(location),()=>view?.schedule());view=new View(c);const name=tabName();if(name)c.enter(name,roomInAddress());view.schedule();setTimeout(loadLater);}
document.addEventListener('load',b,true);b();
})();
})();
