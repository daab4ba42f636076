var roostModules=roostModules||{};
(function () {
'use strict';
const m0 = roostModules.m0 ??= (() => {
class CommandError extends Error{constructor(reply){super(reply.text);this.name='CommandError';this.code=reply.code;this.retryAfter=reply.retry_after_ms;}}
class Disconnected extends Error{constructor(message='There is no connection to the chat server.'){super(message);this.name='Disconnected';}}
const shortestRetry=250;const longestRetry=20_000;const patience=5_000;const longPatience=15_000;const longAnswers=new Set(['login','join','history','account']);class Commands{#a;#b=new Map();#c=0;#d=0;#e=0;constructor(connection){this.#a=connection;}
async request(command){const generation=this.#d;for(;;){try{return await this.#f(command);}catch(error){if(!(error instanceof CommandError)||error.code !=='rate_limited')throw error;const wait=error.retryAfter??1000;if(wait > longestRetry)throw error;await pause(Math.max(shortestRetry,wait));if(generation !==this.#d)throw new Disconnected();}}}
tell(command){this.#a.send(command);}
probe(room){const question={type:'history',room,before:1,limit:0};if(this.#b.size===0)this.#f(question,patience).catch(()=>{});this.#a.expect(patience);}
settle(reply){const asked=this.#b.get(reply.ref);if(asked){this.#b.delete(reply.ref);this.#e=Math.max(performance.now()- asked.at,this.#e * 0.9);if(reply.type==='error')asked.reject(new CommandError(reply));else asked.resolve(reply);}
this.#g();return Boolean(asked);}
abandon(){this.#d +=1;this.#e=0;const broken=[...this.#b.values()];this.#b.clear();for(const asked of broken)asked.reject(new Disconnected());}
#f(command,within){return new Promise((resolve,reject)=>{const ref=String((this.#c +=1));if(!this.#a.send({...command,ref})){reject(new Disconnected());return;}
const time=within??(longAnswers.has(command.type)?longPatience:patience);this.#b.set(ref,{resolve,reject,within:time,at:performance.now()});this.#g();});}
#g(){for(const{within}of this.#b.values()){this.#a.expect(Math.max(within,Math.min(longPatience,this.#e * 4)));return;}}}
function pause(milliseconds){return new Promise((resolve)=>setTimeout(resolve,milliseconds));}
return { CommandError, Disconnected, Commands };
})();
const m1 = roostModules.m1 ??= (() => {
const usersKey='roost.users';const lastKey='roost.name';const tabKey='roost.tab';const outboxKey='roost.outbox';const draftsKey='roost.drafts';const languageKey='roost.language';const noticesKey='roost.notices';const userLimit=8;function read(store,key){try{return JSON.parse(store().getItem(key));}catch{return null;}}
function write(store,key,value){try{if(value===null)store().removeItem(key);else store().setItem(key,JSON.stringify(value));}catch{}}
const everyTab=()=>localStorage;const thisTab=()=>sessionStorage;const isText=(value)=>typeof value==='string';const isObject=(value)=>typeof value==='object'&&value !==null&&!Array.isArray(value);const textOr=(value,otherwise)=>(isText(value)?value:otherwise);const listOf=(value,fits)=>(Array.isArray(value)?value.filter(fits):[]);const fieldsOf=(value,fits)=>
Object.fromEntries(Object.entries(isObject(value)?value:{}).filter(([,v])=>fits(v)));const lastName=()=>textOr(read(everyTab,lastKey),'');const setLastName=(name)=>write(everyTab,lastKey,name);const chosenLanguage=()=>textOr(read(everyTab,languageKey),'');const setChosenLanguage=(tag)=>write(everyTab,languageKey,tag||null);function noticeSettings(){const stored=read(everyTab,noticesKey);return{notify:stored?.notify===true,sound:stored?.sound===true};}
const setNoticeSettings=(settings)=>write(everyTab,noticesKey,settings);const tabName=()=>textOr(read(thisTab,tabKey),'');const setTabName=(name)=>write(thisTab,tabKey,name||null);const unsent=()=>listOf(read(thisTab,outboxKey),(item)=>isObject(item)
&&[item.id,item.user,item.room,item.text,item.at].every(isText)
&&[item.name??'',item.place??''].every(isText));const setUnsent=(items)=>write(thisTab,outboxKey,items.length?items:null);const drafts=()=>fieldsOf(read(thisTab,draftsKey),isText);const setDrafts=(texts)=>
write(thisTab,draftsKey,Object.keys(texts).length?texts:null);const isPlace=(value)=>
isObject(value)&&isText(value.epoch)&&Number.isSafeInteger(value.offset);const users=()=>
listOf(read(everyTab,usersKey),(entry)=>isObject(entry)&&isText(entry.key));function userRecord(key){const{session,rooms,read}=users().find((entry)=>entry.key===key)??{};return{session:isText(session)||session===null?session:undefined,rooms:listOf(rooms,isText),read:fieldsOf(read,isPlace),};}
function keepUserRecord(key,record){const others=users().filter((entry)=>entry.key !==key);write(everyTab,usersKey,[{...record,key},...others].slice(0,userLimit));}
function onOtherTabs(changed){addEventListener('storage',(event)=>{if(event.key===usersKey)changed();});}
return { lastName, setLastName, chosenLanguage, setChosenLanguage, noticeSettings, setNoticeSettings, tabName, setTabName, unsent, setUnsent, drafts, setDrafts, userRecord, keepUserRecord, onOtherTabs };
})();
const m2 = (() => {
const { drafts, setDrafts } = m1;
const saveAfter=300;class Drafts{#a=drafts();#b=0;constructor(){addEventListener('pagehide',()=>this.#c());document.addEventListener('visibilitychange',()=>this.#c());}
of(room){return this.#a[room.key]??'';}
set(room,text){if(text==='')delete this.#a[room.key];else this.#a[room.key]=text;clearTimeout(this.#b);this.#b=setTimeout(()=>this.#c(),saveAfter);}
move(from,room){const text=this.#a[from];if(text===undefined)return;delete this.#a[from];this.set(room,text);}
forget(room){if(room)delete this.#a[room.key];else this.#a={};this.#c();}
#c(){clearTimeout(this.#b);this.#b=0;setDrafts(this.#a);}}
return { Drafts };
})();
const m3 = (() => {
const { CommandError, Disconnected } = m0;
const pageLimit=50;const snapshotLimit=100;const restLimit=200;class History{#a;#b;constructor(roost,changed){this.#a=roost;this.#b=changed;}
async older(room){if(room.older !=='unknown'||room.state !=='joined'||!room.first)return;room.older='loading';const range={before:room.first.offset,limit:pageLimit};await this.#c(room,range,(messages,more)=>room.prepend(messages,more),'older');}
async rest(room){while(room.following&&!room.atEnd&&room.newer==='unknown'
&&room.state==='joined')await this.newer(room,restLimit);}
async newer(room,limit=pageLimit){if(room.atEnd||room.newer !=='unknown'||room.state !=='joined')return;room.newer='loading';const range={after:room.last?.offset??room.position,limit};await this.#c(room,range,(messages,more)=>room.append(messages,more),'newer');if(room.newer==='loading')room.newer='unknown';}
async around(room,offset){room.following=false;const range={before:offset + pageLimit / 2,limit:pageLimit};await this.#c(room,range,(messages,more)=>room.replace(messages,more));}
async newest(room){room.following=true;this.#b();if(room.atEnd||room.state !=='joined')return;const range={before:room.position + 1,limit:snapshotLimit};await this.#c(room,range,(messages,more)=>room.replace(messages,more));}
async #c(room,range,apply,direction){this.#b();const{epoch,name}=room;try{const reply=await this.#a.command('history',{room:name,...range});if(room.epoch===epoch)apply(reply.messages,reply.more);}catch(error){if(error instanceof CommandError){if(direction)room[direction]='refused';}else if(!(error instanceof Disconnected)){throw error;}}
this.#b();}}
return { History };
})();
const m4 = (() => {
const english={'login.lead':'Pick a name and start talking.','login.name':'Your name','login.password':'Password','login.join':'Join the chat','login.busy':'One moment…','login.room':'You will join the room “{room}”.','login.as':'Join as {name}','login.trying':'{problem} Still trying…','login.unreachable':'The server cannot be reached.','login.kept':'Nothing is lost.','skip':'Skip to the message field','rooms':'Rooms','rooms.unread':{one:'Rooms, {count} unread',other:'Rooms, {count} unread'},'rooms.close':'Close rooms','rooms.label':'Join a room by name','rooms.hint':'Join another room','rooms.join':'Join room','rooms.none':'No room','rooms.empty':'You are in no room. Join one from the list of rooms.','rooms.missing':'No room “{room}”: {problem}','rooms.length':{one:"No such room: a room's name has at most {count} character.",other:"No such room: a room's name has at most {count} characters.",},'room.leave':'Leave','room.leaveThis':'Leave this room','room.unread':{one:'{count} unread',other:'{count} unread'},'people':'People','people.count':{one:'{count} person',other:'{count} people'},'people.here':'People in this room','people.close':'Close people','people.you':'(you)','people.crowd':{one:'{count} person is here: too many to list.',other:'{count} people are here: too many to list.',},'people.others':{one:'{count} other',other:'{count} others'},'notice.joined':'{name} joined','notice.left':'{name} left','notice.mention':'{name} mentions you in {room}','link.gone':'This message is not kept any more.','signOut':'Sign out','signOut.everywhere':'Sign out on all devices','unsent':{one:'One message is not sent yet.',other:'{count} messages are not sent yet.'},'loss.leave':{one:'One message is not sent yet. Leaving {room} discards it.',other:'{count} messages are not sent yet. Leaving {room} discards them.',},'loss.signOut':{one:'One message is not sent yet. Signing out discards it.',other:'{count} messages are not sent yet. Signing out discards them.',},'loss.andLeave':'Discard and leave','loss.andSignOut':'Discard and sign out','loss.stay':'Stay','account.keep':'Keep this name','account.own':'Your own name','account.make':'Make this name yours','account.yours':'This name is yours','account.why':'With a password nobody else gets your name, however long you are away, and you '
+ 'can log in with it on your other devices.','account.change':'Nobody else gets it. Here you can set another password.','account.set':'Set password','account.show':'Show it','account.short':'A password has 8 characters or more.','account.lost':'The connection was lost. Try again.','cancel':'Cancel','close':'Close','settings':'Settings','settings.language':'Language','settings.browser':'As the browser','settings.mentions':'When somebody mentions you and this page is out of sight','settings.notify':'Show a notification','settings.sound':'Play a short sound','settings.refused':
'The browser does not allow notifications here. You can change that in its '
+ 'settings for this page.','messages':'Messages','messages.in':'Messages in {room}','messages.newest':'Newest','messages.new':{one:'{shown} new message',other:'{shown} new messages'},'message.field':'Message','message.to':'Message {room}','message.send':'Send','message.you':'You','message.deleted':'Message deleted','message.more':'Show more','message.less':'Show less','message.sent':'Sent','message.wasSent':'Message sent.','message.sending':'Sending…','message.waiting':'Waiting to send','message.notSent':'Not sent. {problem}','message.nameLost':'Not sent, since the name was lost.','message.sendAs':'Send as {name}','message.again':'Try again','message.discard':'Discard','message.left':{one:'{count} left',other:'{count} left'},'message.over':{one:'{count} too many',other:'{count} too many'},'message.react':'React','message.reply':'Reply','message.edit':'Edit','message.copy':'Copy text','message.link':'Copy link','message.delete':'Delete','message.actions':'More actions','message.edited':'Edited','message.saving':'Saving…','menu.label':'Message of {name}','react.other':'Another emoji','react.one':'Write one emoji here.','reaction.label':'{emoji} from {names}','reply.now':'Reply to','reply.stop':'Do not reply','reply.label':'Reply to: {text}','reply.earlier':'An earlier message','edit.now':'Edit','edit.stop':'Stop editing','delete.ask':'Delete this message? Its text is gone for everybody then.','change.edit':'Your change was not made: {problem}','change.delete':'The message was not deleted: {problem}','change.react':'Your reaction was not kept: {problem}','change.lost':'the message is not kept any more.','copy.text':'The text is copied.','copy.link':'The link is copied.','copy.refused':'The browser does not let this page copy: {text}','names':'People to mention','names.found':{one:'{count} name: Enter takes it, arrow keys choose',other:'{count} names: Enter takes one, arrow keys choose',},'files.none':
'Files and pictures cannot be sent here: this chat is for text. '
+ 'A link to a file is welcome.','typing.one':'{name} is typing','typing.many':'{names} are typing','mark.older':'Fetching older messages…','mark.begins':'This is where {room} begins.','mark.notKept':'Older messages are not kept.','mark.renewed':'{room} has begun anew: what you read here last is gone.','mark.first':'Nobody has said anything in {room} yet. Be the first.','mark.new':'New','mark.missed':'Some messages were missed here.','mark.restarted':'The server was restarted; messages above are from before.','mark.closed':'This room was empty for a while; messages above are from before.','day.today':'Today','day.yesterday':'Yesterday','keys':'Keys','keys.hint':'[Enter] sends, [Shift] [Enter] starts a new line,','keys.more':'more keys','keys.enter':'[Enter]','keys.shiftEnter':'[Shift] [Enter]','keys.altDown':'[Alt] [↓]','keys.altUp':'[Alt] [↑]','keys.edit':'Edit your last message','keys.up':'[↑]','keys.list':'In the list of messages','keys.menu':'[↑] [↓] choose a message, [Enter] opens its menu','keys.escape':'[Esc]','keys.send':'Send the message','keys.line':'Start a new line','keys.next':'Go to the next room','keys.before':'Go to the room before','keys.panel':'Close a panel','keys.attention':"Write [@] and a name to draw somebody's attention.",'state.open':'Connected','state.doubt':'No answer yet','state.connecting':'Connecting','state.waiting':'Reconnecting','state.offline':'Offline','state.stopped':'Disconnected','bar.first':'Connecting…','bar.again':'Reconnecting…','bar.doubt':'The server has not answered yet…','bar.offline':'You are offline.','bar.countdown':{one:'Reconnecting in {count} s',other:'Reconnecting in {count} s'},'bar.retry':'Try now','bar.connect':'Connect again','bar.fine':'All right','spoken.back':'Connected again.','spoken.lost':'{problem} Reconnecting.','close.1001':'The server is stopping.','close.1006':'Connection lost.','close.1008':'The server closed the connection.','close.1011':'The server ran into a fault.','close.1012':'The server is restarting.','close.1013':'The server is full at the moment.','close.4001':'This connection fell behind.','close.4002':'That was too much at once.','close.4003':'You were sent out.','close.4004':'You are banned.','close.4005':'You have signed out in another tab or window.','error.misunderstood':
'This page and the server did not understand each other. Load the page anew.','error.server':'The server says: “{sentence}”','error.name_taken':'Somebody has this name. Choose another one, or log in with its password.','error.bad_password':'That is not the name and password of an account.','error.bad_name':'This name is not allowed.','error.too_many_rooms':'There are too many rooms.','error.too_long':'The text is too long.','error.rate_limited':'That was too much at once. Wait a moment.','error.unavailable':'The server cannot do that just now. Try again.',};
return { english };
})();
const m5 = roostModules.m5 ??= (() => {
const { chosenLanguage, setChosenLanguage } = m1;
const { english } = m4;
const languages={en:'English',de:'Deutsch',ar:'العربية'};const rightToLeft=new Set(['ar']);const rightToLeftText=/[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/u;const linkOf=(tag)=>document.querySelector(`link[hreflang="${tag}"]`);let tag='en';let region='en';let table=english;let plurals=null;let numbers=null;const listeners=[];const patience=8_000;const baseOf=(one)=>one.toLowerCase().split('-')[0];function preferred(chosen=chosenLanguage(),wanted=navigator.languages){if(chosen in languages)return chosen;return wanted.map(baseOf).find((one)=>one in languages)??'en';}
const locale=()=>region;const isEnglish=()=>tag==='en';function turnTo(next,texts){tag=next;region=navigator.languages.find((one)=>baseOf(one)===tag)??tag;table=texts;plurals=numbers=null;const root=document.documentElement;root.lang=tag;root.dir=rightToLeft.has(tag)?'rtl':'ltr';translate(document);for(const listener of listeners)listener();}
async function fetchTexts(address){const answer=await fetch(address,{signal:AbortSignal.timeout(patience)});return answer.json();}
async function speak(wanted=preferred()){let texts=english;try{if(wanted !=='en')texts=await fetchTexts(linkOf(wanted).href);}catch{wanted='en';}
turnTo(wanted,texts);}
function speakAtOnce(){const isThere=preferred()==='en';if(isThere)turnTo('en',english);return isThere;}
function choose(wanted){setChosenLanguage(wanted);return speak();}
function onLanguage(changed){listeners.push(changed);}
const count=(value)=>(numbers??=new Intl.NumberFormat(locale())).format(value);function isolated(value){const text=typeof value==='number'?count(value):String(value);const turns=rightToLeft.has(tag)?/\p{L}/u.test(text):rightToLeftText.test(text);return turns?`\u2068${text}\u2069`:text;}
function words(key,values={}){let text=table[key]??english[key];if(typeof text==='object'){plurals??=new Intl.PluralRules(locale());text=text[plurals.select(values.count)]??text.other;}
return text.replace(/\{(\w+)\}/gu,(_,name)=>isolated(values[name]));}
function listed(names){const shown=names.length > 3
?[...names.slice(0,2),words('people.others',{count:names.length - 2})]:names;return new Intl.ListFormat(locale(),{type:'conjunction'}).format(shown);}
function withKeys(text){return text.split(/\[([^\]]+)\]/u).map((part,index)=>{if(index % 2===0)return part;return Object.assign(document.createElement('kbd'),{textContent:part});});}
const attributes={label:'aria-label',hint:'placeholder',tip:'title'};function translate(root){for(const node of root.querySelectorAll('[data-words]')){node.replaceChildren(...withKeys(words(node.dataset.words)));}
for(const [name,attribute] of Object.entries(attributes)){for(const node of root.querySelectorAll(`[data-${name}]`)){node.setAttribute(attribute,words(node.dataset[name]));}}}
return { languages, preferred, locale, isEnglish, speak, speakAtOnce, choose, onLanguage, count, words, listed };
})();
const m6 = roostModules.m6 ??= (() => {
function keyOf(name){const folded=name.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase();return folded.normalize('NFKC').replace(/[\u200C\u200D]/gu,'');}
const sameName=(one,other)=>keyOf(one)===keyOf(other);function compareNames(one,other){return one.localeCompare(other,undefined,{sensitivity:'base',numeric:true});}
function randomID(){const{crypto}=globalThis;if(crypto?.randomUUID)return crypto.randomUUID();const bytes=new Uint8Array(16).map(()=>Math.random()* 256);crypto?.getRandomValues(bytes);return Array.from(bytes,(byte)=>byte.toString(16).padStart(2,'0')).join('');}
const nameCharacter=/[\p{L}\p{M}\p{N}_]/u;const nameContinues=/^(?:[\p{L}\p{M}\p{N}_]|[-.]+[\p{L}\p{M}\p{N}_])/u;function mentions(text,name){if(!text.includes('@'))return false;const folded=keyOf(text);const wanted=`@${keyOf(name)}`;for(let at=folded.indexOf(wanted);at >=0;at=folded.indexOf(wanted,at + 1)){const before=[...folded.slice(Math.max(0,at - 2),at)].pop()??' ';if(nameCharacter.test(before))continue;if(!nameContinues.test(folded.slice(at + wanted.length)))return true;}
return false;}
return { keyOf, sameName, compareNames, randomID, mentions };
})();
const m7 = roostModules.m7 ??= (() => {
const listLimit=200;const spread=1_500;const notAgainFor=3_000;class People{#a;#b;#c=new WeakMap();constructor(roost,changed){this.#a=roost;this.#b=changed;}
look(room){if(room?.state !=='joined'||room.members||room.count > listLimit)return;const now=performance.now();if(now <(this.#c.get(room)??0))return;const wait=Math.random()* spread;this.#c.set(room,now + wait + notAgainFor);setTimeout(()=>this.#d(room),wait);}
async #d(room){if(room.state !=='joined'||room.members)return;const reply=await this.#a.command('who',{room:room.name}).catch(()=>null);if(reply&&reply.count <=listLimit)room.setMembers(reply);else setTimeout(this.#b,notAgainFor);this.#b();}}
return { listLimit, People };
})();
const m8 = (() => {
const { keyOf } = m6;
const { keepUserRecord, onOtherTabs, userRecord } = m1;
const saveAfter=500;class Record{session;#a='';#b=new Set();#c=0;constructor(events){onOtherTabs(()=>{if(!this.#a)return;if(this.session&&userRecord(this.#a).session===null)events.signedOutElsewhere();else events.readElsewhere();});}
load(user){this.#a=keyOf(user);this.session=this.storedSession??undefined;}
get storedSession(){return userRecord(this.#a).session;}
keepSession(user,session){this.#a=keyOf(user);this.session=session;this.#d((stored)=>(stored.session=session));}
forgetSession(){const{session}=this;this.#d((stored)=>{if(stored.session===session)stored.session=null;});this.session=undefined;this.#a='';}
get roomNames(){return userRecord(this.#a).rooms;}
readTo(room){return userRecord(this.#a).read[room.key];}
joined(room){this.#d((stored)=>{const at=stored.rooms.findIndex((name)=>keyOf(name)===room.key);if(at < 0)stored.rooms.push(room.name);else stored.rooms[at]=room.name;});this.wasRead(room);}
left(room){this.#b.delete(room);this.#d((stored)=>{stored.rooms=stored.rooms.filter((name)=>keyOf(name)!==room.key);delete stored.read[room.key];});}
wasRead(room){this.#b.add(room);clearTimeout(this.#c);this.#c=setTimeout(()=>this.save(),saveAfter);}
save(){clearTimeout(this.#c);if(this.#b.size===0)return;this.#d(({read})=>{for(const{key,epochs,readEpoch,readTo}of this.#b){if(readEpoch===null||readTo===null)continue;const before=read[key];if(epochs.has(before?.epoch)&&before.offset > readTo)continue;read[key]={epoch:readEpoch,offset:readTo};}});this.#b.clear();}
#d(apply){if(!this.#a)return;const stored=userRecord(this.#a);const before=JSON.stringify(stored);apply(stored);if(JSON.stringify(stored)!==before)keepUserRecord(this.#a,stored);}}
return { Record };
})();
const m9 = roostModules.m9 ??= (() => {
const { keyOf } = m6;
function entryOf(entry){const{type='message',offset,user,text='',at,id}=entry;const kept={type,offset,user,author:keyOf(user??''),text,at,id};for(const field of ['reply','edited','reactions','deleted','target','emoji']){if(entry[field] !==undefined)kept[field]=entry[field];}
return kept;}
const isMessage=({type})=>type==='message';function applyChange(message,{type,offset,user,text,emoji}){if(message.deleted)return;if(type==='edited'){if(offset <(message.edited??0))return;message.edited=offset;message.text=text;}else if(type==='deleted'){message.deleted=offset;message.text='';delete message.reactions;}else if(type==='reaction'){message.reactions=withReaction(message.reactions??{},user,emoji);}
delete message.item;delete message.mentioned;}
function changeAmong(entries,change){for(const entry of entries){if(entry?.offset===change.target)applyChange(entry,change);else if(entry?.reply===change.target)delete entry.item;}}
function asWished(entry,wishes){const own=wishes.get(entry.offset);if(!own)return entry;const copy={...entry};for(const wish of own)applyChange(copy,wish);return copy;}
function withReaction(reactions,user,emoji){const key=keyOf(user);const made={};for(const [old,names] of Object.entries(reactions)){const others=names.filter((name)=>keyOf(name)!==key);if(others.length > 0)made[old]=others;}
if(emoji)made[emoji]=[...(made[emoji]??[]),user];return made;}
return { entryOf, isMessage, applyChange, changeAmong, asWished };
})();
const m10 = (() => {
class Past{entries=[];get length(){return this.entries.length;}
keep(entries,epoch,end){for(const entry of entries)entry.epoch=epoch;this.entries.push(...entries);const last=this.entries[this.entries.length - 1];if(last&&(last.end??'missed')==='missed')last.end=end;}
reach(epoch,first){const isOlder=(entry)=>entry.epoch !==epoch||entry.offset < first;if(!this.entries.every(isOlder))this.entries=this.entries.filter(isOlder);let from=this.entries.length;let next=first - 1;while(from > 0&&this.entries[from - 1].epoch===epoch
&&this.entries[from - 1].offset===next){from -=1;next -=1;}
const found=this.entries.splice(from);for(const entry of found)delete entry.end;const last=this.entries[from - 1];if(last)last.end??='missed';return found;}
dropOldest(count){return this.entries.splice(0,Math.max(0,count)).length;}
dropPresent(epoch){this.entries=this.entries.filter((entry)=>entry.epoch !==epoch);}}
return { Past };
})();
const m11 = (() => {
const epochsOf=({epoch,first_epoch:first,messages})=>
[first,...messages.map((message)=>message.epoch),epoch].filter((one)=>one);function hasBegunAnew(reply,{epoch,offset}){if(offset > reply.offset)return true;let at=reply.first_epoch??reply.epoch;const known=new Set([at]);for(const message of reply.messages){at=message.epoch??at;known.add(at);if(message.offset===offset)return at !==epoch;}
const first=reply.messages[0]?.offset??reply.offset + 1;return first <=offset + 1&&!known.has(epoch);}
return { epochsOf, hasBegunAnew };
})();
const m12 = (() => {
const { changeAmong, entryOf, isMessage } = m9;
const { keyOf, mentions, sameName } = m6;
const { Past } = m10;
const { epochsOf, hasBegunAnew } = m11;
const windowLimit=5000;const dropped=64;const typingLasts=5_000;class Room{state='away';problem='';epoch=null;placeEpoch=null;epochs=new Set();position=-1;entries=[];topic='';past=new Past();wishes=new Map();quoted=new Map();answered=null;editing=null;atEnd=true;following=true;older='unknown';newer='unknown';members=null;count=0;typing=new Map();unread=0;mentioned=false;readTo=null;readEpoch=null;newFrom=null;renewed=false;constructor(name,link){this.name=name;this.key=keyOf(name);this.link=link;}
get first(){return this.entries[0];}
get last(){return this.entries[this.entries.length - 1];}
applyJoined(reply,me,read,restarted=false){const resumed=reply.recovered===true&&this.epoch !==null;const before=this.epoch;const continued=this.epochs.has(reply.epoch)||this.epochs.has(reply.first_epoch);this.state='joined';this.problem='';this.name=reply.room;this.topic=reply.topic??'';this.setMembers(reply);if(resumed){for(const entry of reply.messages)this.applyEntry(entry,me);if(reply.more)this.#a(reply.offset);this.#b(reply);return;}
if(before !==null){const other=restarted?'restarted':'closed';this.past.keep(this.entries,before,continued?'missed':other);}
if(!continued){this.epoch=reply.epoch;this.epochs.clear();this.quoted.clear();}
this.#b(reply);this.entries=reply.messages.map(entryOf);this.position=reply.offset;this.atEnd=true;this.older=(this.first?.offset??1)> 1?'unknown':'none';this.renewed=before===null&&read !==undefined&&hasBegunAnew(reply,read);this.#c();this.#d();this.#e(me,reply,read,before);}
#b(reply){for(const epoch of epochsOf(reply))this.epochs.add(epoch);this.placeEpoch=reply.epoch;}
#a(offset){this.unread +=Math.max(0,offset - this.position);this.position=Math.max(this.position,offset);this.atEnd=false;}
#c(){const first=this.first?.offset??this.position + 1;this.entries.unshift(...this.past.reach(this.epoch,first));if(this.first?.offset <=1)this.older='none';}
isPast(entry){return entry.epoch !==undefined&&entry.epoch !==this.epoch;}
#e(me,reply,read,before){const beginning=(this.first?.offset??this.position + 1)- 1;if(before===null&&!this.renewed){this.readTo=read?.offset??this.position;this.readEpoch=read?.epoch??this.placeEpoch;}else if(before !==this.epoch||this.readTo===null){this.readTo=beginning;this.readEpoch=reply.first_epoch??reply.epoch;}
this.#f(me);}
#f(me){const mine=keyOf(me);const fresh=this.entries.filter((entry)=>
isMessage(entry)&&entry.offset > this.readTo&&entry.author !==mine);const before=(this.first?.offset??this.position + 1)- 1 - this.readTo;const after=this.position -(this.last?.offset??this.position);this.unread=fresh.length + Math.max(0,before)+ Math.max(0,after);this.newFrom=fresh.length > 0?fresh[0].offset:null;this.mentioned=fresh.some((entry)=>mentions(entry.text,me));}
readElsewhere(place,me){if(this.readTo===null||!this.epochs.has(place?.epoch))return false;if(place.offset <=this.readTo)return false;this.readTo=Math.min(place.offset,this.position);this.readEpoch=place.epoch;const{newFrom}=this;this.#f(me);if(this.unread===0)this.newFrom=newFrom;return true;}
applyEntry(entry,me,watched=false){if(entry.offset <=this.position)return;this.position=entry.offset;if(entry.epoch){this.placeEpoch=entry.epoch;this.epochs.add(entry.epoch);}
const made=entryOf(entry);this.#g(made);if(this.atEnd)this.#h(made);if(watched)this.#i();if(!isMessage(made))return;this.typing.delete(made.author);if(watched||sameName(made.user,me))return;if(this.unread===0)this.newFrom=made.offset;this.unread +=1;if(mentions(made.text,me))this.mentioned=true;}
#g(change){if(change.type==='topic')this.topic=change.text;if(change.target===undefined)return;const kept=this.past.entries.filter((entry)=>!this.isPast(entry));changeAmong([...this.quoted.values(),...kept,...this.entries],change);}
#h(entry){if(this.past.length + this.entries.length >=windowLimit&&!this.following){this.atEnd=false;return;}
this.entries.push(entry);this.#d();}
#d(){if(this.past.length + this.entries.length <=windowLimit)return;const surplus=this.past.length + this.entries.length - windowLimit + dropped;const rest=surplus - this.past.dropOldest(surplus);if(rest===0)return;this.entries.splice(0,rest);this.older='unknown';}
prepend(messages,more){const first=this.first?.offset??Infinity;const page=messages.filter(({offset})=>offset < first).map(entryOf);this.older=more&&page.length > 0?'unknown':'none';this.entries.unshift(...page);this.#c();const surplus=this.past.length + this.entries.length - windowLimit;if(surplus > 0){this.entries.splice(-surplus);this.atEnd=false;}}
append(messages,more){const last=this.last?.offset??-1;const page=messages.filter(({offset})=>offset > last).map(entryOf);if(last >=0&&page.length > 0&&page[0].offset > last + 1){this.past.keep(this.entries,this.epoch,'missed');this.entries=[];this.older='none';}
this.entries.push(...page);for(const entry of page)this.#g(entry);this.#d();this.atEnd=!more||(this.last?.offset??-1)>=this.position;}
replace(messages,more){this.entries=messages.map(entryOf);this.older=more?'unknown':'none';this.past.dropPresent(this.epoch);this.#d();this.position=Math.max(this.position,this.last?.offset??-1);this.atEnd=(this.last?.offset??this.position)>=this.position;}
applyKicked(words){this.state='refused';this.problem=words;this.members=null;this.typing.clear();}
applyPresence(push){this.count=push.count??this.count;if(push.event==='count')this.members=null;else if(push.event==='join')this.members?.set(keyOf(push.user),push.user);else if(push.event==='leave'){this.members?.delete(keyOf(push.user));this.typing.delete(keyOf(push.user));}}
setMembers(reply){this.count=reply.count??reply.members?.length??0;this.members=reply.members
?new Map(reply.members.map((name)=>[keyOf(name),name]))
:null;}
applyTyping(user){this.typing.set(keyOf(user),{name:user,until:Date.now()+ typingLasts});}
typingNow(now=Date.now()){for(const [key,{until}] of this.typing)if(until <=now)this.typing.delete(key);return [...this.typing.values()].map(({name})=>name);}
disconnected(){this.state='away';this.typing.clear();if(this.older !=='none')this.older='unknown';this.newer='unknown';}
#i(){this.readTo=this.position;this.readEpoch=this.placeEpoch;}
markRead(){this.#i();this.unread=0;this.mentioned=false;}}
return { windowLimit, typingLasts, Room };
})();
(() => {

})();
const m14 = (() => {
const second=1000;const longestDelay=30 * second;function backoff(attempt,random=Math.random){const ceiling=Math.min(longestDelay,second * 2 ** Math.min(attempt,10));return ceiling / 2 +(random()* ceiling)/ 2;}
function secondsIn(reason,otherwise){const found=/(\d{1,4})\s*s/.exec(reason);return(found?Number(found[1]):otherwise)* second;}
function advice(code,reason,attempt,random=Math.random){const after=(delay)=>({retry:true,delay});switch(code){case 1001:
return after(second + random()* 4 * second);case 1012:
case 4001:
return after(attempt===0?0:backoff(attempt,random));case 1013:
return after(secondsIn(reason,10)+ random()* 2 * second);case 4002:
return after(secondsIn(reason,15)+ random()* 5 * second);case 1002:
case 1003:
case 1007:
case 1008:
case 4003:
case 4005:
return{retry:false,again:true};case 4004:
return{retry:false,again:false};default:
return after(backoff(attempt,random));}}
return { backoff, advice };
})();
const m15 = (() => {
const isOnline=()=>globalThis.navigator?.onLine !==false;const isShown=()=>!globalThis.document?.hidden;function watchSurroundings(lookAgain,wentOffline){if(!globalThis.addEventListener)return()=>{};const page=globalThis.document;const shown=()=>{if(isShown())lookAgain();};addEventListener('online',lookAgain);addEventListener('offline',wentOffline);addEventListener('pageshow',lookAgain);page?.addEventListener('visibilitychange',shown);return()=>{removeEventListener('online',lookAgain);removeEventListener('offline',wentOffline);removeEventListener('pageshow',lookAgain);page?.removeEventListener('visibilitychange',shown);};}
return { isOnline, isShown, watchSurroundings };
})();
const m16 = (() => {
const { advice, backoff } = m14;
const { isOnline, isShown, watchSurroundings } = m15;
const connectDeadline=10_000;const answerDeadline=5_000;const doubtAfter=2_000;const offlineDeadline=3_000;const stableAfter=5_000;const silenceLimit=30_000;const silenceCheckedEvery=10_000;const silenceBeforeWriting=5_000;function chatAddress(location){const address=new URL('chat',location.href);address.protocol=address.protocol==='https:'?'wss:':'ws:';return address.href;}
class Connection{state={phase:'idle'};#a;#b;#c=null;#d=0;#e=0;#f=0;#g=0;#h=Infinity;#i=0;#j=0;#k=null;constructor(makeSocket,events){this.#a=makeSocket;this.#b=events;}
open(){if(this.state.phase==='connecting'||this.state.phase==='open')return;this.#d=0;this.#l();}
retryNow(){if(this.state.phase==='waiting'||this.state.phase==='stopped')this.#l();}
close(){this.#m(1000);this.#n({phase:'idle'});}
retryAfter(milliseconds,reason){this.#m(1000);this.#o(milliseconds,1013,reason);this.#b.closed(1013,reason);}
send(object){if(this.state.phase !=='open')return false;this.#c.send(JSON.stringify(object));return true;}
expect(milliseconds=answerDeadline){if(this.state.phase !=='open')return;const at=performance.now()+ milliseconds;if(at >=this.#h)return;clearTimeout(this.#g);this.#h=at;this.#g=setTimeout(()=>this.#p(1006,'No answer.'),milliseconds);this.#i||=setTimeout(()=>this.#q(),doubtAfter);}
expectWriting(){this.#r(silenceBeforeWriting);}
#r(silence){const isSilent=performance.now()- this.#j >=silence;if(this.state.phase==='open'&&isSilent&&!this.#g)this.#b.probe();}
#q(){if(this.state.phase==='open'&&!this.state.doubt){this.#n({phase:'open',doubt:true});}}
#s(){if(this.state.phase==='open'){this.#b.probe();this.expect(offlineDeadline);this.#q();}else{this.#b.changed();}}
#t(){if(this.state.phase==='waiting'){if(isOnline()&&this.state.code===1006)this.#l();else this.#b.changed();}else if(this.state.phase==='open'){this.#b.probe();}}
#l(){this.#m();this.#n({phase:'connecting',attempt:this.#d});let socket;try{socket=this.#a();}catch(error){this.#n({phase:'stopped',code:0,reason:String(error),again:true});this.#b.closed(0,String(error));return;}
this.#c=socket;this.#g=setTimeout(()=>this.#p(1006,'No answer.'),connectDeadline);socket.onopen=()=>{this.#u();this.#f=setTimeout(()=>(this.#d=0),stableAfter);this.#n({phase:'open'});this.#b.opened();};socket.onmessage=(event)=>{this.#u();let object=null;try{object=JSON.parse(event.data);}catch{return;}
if(object&&typeof object.type==='string')this.#b.received(object);};socket.onclose=(event)=>this.#p(event.code,event.reason);socket.onerror=()=>{};}
#u(){this.#j=performance.now();clearTimeout(this.#g);clearTimeout(this.#i);this.#g=this.#i=0;this.#h=Infinity;if(this.state.doubt)this.#n({phase:'open'});}
#p(code,reason){const wasOpen=this.state.phase==='open';this.#m();const next=advice(code,reason,this.#d);this.#d +=1;if(next.retry){const delay=wasOpen||next.delay > 0?next.delay:backoff(this.#d);this.#o(delay,code,reason);}else{this.#n({phase:'stopped',code,reason,again:next.again});}
this.#b.closed(code,reason);}
#o(delay,code,reason){this.#e=setTimeout(()=>this.#l(),delay);this.#n({phase:'waiting',retryAt:Date.now()+ delay,code,reason});}
#m(code){clearTimeout(this.#e);clearTimeout(this.#f);this.#u();const socket=this.#c;this.#c=null;if(!socket)return;socket.onopen=socket.onmessage=socket.onclose=null;socket.close(code);}
#n(state){this.state=state;if(state.phase==='idle'||state.phase==='stopped')this.#v();else this.#k??=this.#w();this.#b.changed();}
#v(){this.#k?.();this.#k=null;}
#w(){const end=watchSurroundings(()=>this.#t(),()=>this.#s());const timer=setInterval(()=>{if(isShown())this.#r(silenceLimit);},silenceCheckedEvery);return()=>{end();clearInterval(timer);};}}
return { chatAddress, Connection };
})();
const m17 = (() => {
class Listeners{#a=new Map();add(name,listener){if(typeof listener !=='function')throw new TypeError('A listener is a function.');const before=this.#a.get(name)??[];this.#a.set(name,[...before,listener]);return()=>{const others=(this.#a.get(name)??[]).filter((other)=>other !==listener);this.#a.set(name,others);};}
call(name,event){for(const listener of this.#a.get(name)??[]){try{listener(event);}catch(error){queueMicrotask(()=>{throw error;});}}}}
return { Listeners };
})();
const m18 = (() => {
const { CommandError, Disconnected } = m0;
const otherTabTakes=1_500;class Login{#a;#b;#c;#d=0;#e='';#f;#g=false;#h;constructor(commands,sessions,events){this.#a=commands;this.#b=sessions;this.#c=events;}
use({password,keeps,token}){this.#f=password||undefined;this.#g=keeps===true;this.#h=token;}
async begin(user){this.#d +=1;const attempt=this.#d;for(;;){const{session}=this.#b;try{const password=this.#f;const token=await this.#i();if(attempt !==this.#d)return;const command={type:'login',user,session,password,token,join:false};this.#j(await this.#a.request(command));return;}catch(error){if(error instanceof Disconnected)return;if(!(error instanceof CommandError))throw error;const again=await this.#k(error,session,attempt);if(attempt !==this.#d)return;if(again)continue;if(!this.#g)this.#f=undefined;this.#c.refused(error);return;}}}
async #i(){return typeof this.#h==='function'?this.#h():this.#h;}
abandon(){this.#d +=1;}
#j(welcome){const restarted=this.#e !==''&&this.#e !==welcome.session;this.#e=welcome.session;if(!this.#g)this.#f=undefined;this.#b.keepSession(welcome.user,welcome.session);this.#c.welcomed(welcome,restarted);}
async #k({code},session,attempt){if(!session)return false;if(code==='bad_token'&&this.#h===undefined){this.#b.session=undefined;return true;}
const end=performance.now()+ otherTabTakes;while(code==='name_taken'&&attempt===this.#d&&performance.now()< end){const stored=this.#b.storedSession;if(stored&&stored !==session){this.#b.session=stored;return true;}
await new Promise((resolve)=>setTimeout(resolve,100));}
return false;}}
return { Login };
})();
const m19 = (() => {
const { CommandError, Disconnected } = m0;
const { keyOf, randomID, sameName } = m6;
const standardRest=2_000;class Outbox{items=[];#a='';#b;#c;#d;#e;#f=new Map();#g=false;#h=0;constructor(commands,roomOf,store,events){this.#b=commands;this.#c=roomOf;this.#d=store;this.#e=events;this.items=store?.load()??[];for(const item of this.items)if(item.state !=='failed')item.state='waiting';}
enter(me){this.#a=me;}
isHeld(item){return !sameName(item.user,this.#a);}
of(room){return this.items.filter((item)=>item.room===room.key);}
unsent(room){return this.items.filter((item)=>item.state !=='sent'&&(!room||item.room===room.key));}
get places(){return this.items.map((item)=>item.place??item.room);}
add(room,text,{id=randomID(),...fields}={}){const at=new Date().toISOString();return new Promise((resolve,reject)=>{this.#f.set(id,{resolve,reject});this.items.push({id,user:keyOf(this.#a),name:this.#a,room:room.key,place:room.name,text,fields,at,state:'waiting',});this.#i();this.pump();});}
retry(item){if(this.isHeld(item))Object.assign(item,{user:keyOf(this.#a),name:this.#a});item.state='waiting';this.#i();this.pump();}
discard(item,error=new Disconnected('The message was discarded.')){this.items=this.items.filter((other)=>other !==item);this.#f.get(item.id)?.reject(error);this.#f.delete(item.id);this.#i();}
forget(room){for(const item of room?this.of(room):this.items)this.discard(item);}
giveUp(room,error){if(this.#d)return;for(const item of room?this.of(room):this.items)this.discard(item,error);clearTimeout(this.#h);this.#h=0;}
move(from,room){for(const item of this.items){if(item.room===from)Object.assign(item,{room:room.key,place:room.name});}}
arrived(id,place){this.#j(id,place);const item=this.items.find((candidate)=>candidate.id===id);if(item)this.#k(item);}
#j(id,place){this.#f.get(id)?.resolve(place);this.#f.delete(id);}
#k(item){this.#e.ended(item,null);this.discard(item);}
settle(room){const accepted=this.of(room).filter(({state})=>state==='sent');for(const item of accepted)this.discard(item);return accepted;}
async pump(){if(this.#g||this.#h)return;const item=this.items.find((candidate)=>
candidate.state==='waiting'&&!this.isHeld(candidate)
&&this.#c(candidate.room)?.state==='joined');if(!item)return;this.#g=true;await this.#l(item,this.#c(item.room));this.#g=false;this.#i();if(item.state !=='waiting')this.pump();}
async #l(item,room){item.state='sending';this.#e.changed();try{const{name}=room;const{id,text,fields}=item;const command={...fields,type:'message',room:name,text,id};const{offset,epoch}=await this.#b.request(command);item.state='sent';this.#j(id,{offset,epoch});if(offset <=room.place?.offset&&this.items.includes(item))this.#k(item);}catch(error){if(error instanceof Disconnected){item.state='waiting';}else if(error.code==='unavailable'){item.state='waiting';this.#m(error.retryAfter??standardRest);}else{this.#n(item,error);if(!(error instanceof CommandError))console.error(error);}}}
#n(item,error){item.state='failed';item.problem=error.message;this.#e.ended(item,error);this.#f.get(item.id)?.reject(error);this.#f.delete(item.id);if(!this.#d)this.discard(item);}
#m(milliseconds){this.#h=setTimeout(()=>{this.#h=0;this.pump();},milliseconds *(1 + Math.random()/ 4));}
#i(){this.#d?.save(this.items);this.#e.changed();}}
return { Outbox };
})();
const m20 = (() => {
const { Disconnected } = m0;
function nextWelcome(chat){return new Promise((resolve,reject)=>{const end=(settle)=>{for(const off of ends)off();settle();};const ends=[chat.on('welcome',(welcome)=>end(()=>resolve(welcome))),chat.on('refused',(error)=>end(()=>reject(error))),chat.on('closed',({reason})=>{if(chat.state.phase !=='waiting')end(()=>reject(new Disconnected(reason)));}),];});}
return { nextWelcome };
})();
const m21 = (() => {
const { CommandError, Disconnected } = m0;
const { Listeners } = m17;
const { keyOf, sameName } = m6;
const resumeLimit=200;const typingEvery=3_000;const noEntries=new Set(['presence','typing','read','direct']);class RoostRoom{name;key;state='away';error=null;place=null;count=0;attempt=Promise.resolve();#a;#b;#c;#d=null;#e=null;#f=new Listeners();#g=0;constructor(chat,name,{since=null,last=0,catchUp=true}){this.#a=chat;this.name=name;this.key=keyOf(name);this.place=since;this.#b=last;this.#c=catchUp;}
on(name,listener){return this.#f.add(name,listener);}
say(text,fields={}){this.#g=0;return this.#a.outbox().add(this,text,fields);}
typing(){const now=Date.now();const rest=this.#a.timing()?.typing??typingEvery;if(this.state !=='joined'||now - this.#g < rest)return;this.#g=now;this.#a.tell({type:'typing',room:this.name});}
history(range={}){const{after,before,limit}=range;if(after !==undefined)return this.command('history',{after,limit});return this.command('history',{before:before??Number.MAX_SAFE_INTEGER,limit});}
command(type,fields={}){return this.#a.request({...fields,type,room:this.name});}
leave(){if(this.state==='joined')this.command('leave').catch(()=>{});this.state='left';this.#a.left(this);}
enter(){const attempt=this.#d??this.#h().finally(()=>{this.#d=null;});this.#d=this.attempt=attempt;return attempt;}
async #h(){const{name,place}=this;const limit=place?resumeLimit:this.#b;const command={type:'join',room:name,since:place??undefined,limit,more:true};try{const reply=await this.#a.request(command);if(this.state !=='left')this.#i(reply);}catch(error){if(error instanceof Disconnected)return false;if(!(error instanceof CommandError))throw error;if(this.state !=='left')this.#j(error,'refused');}
return true;}
#i(reply){const before=this.place;const recovered=reply.recovered===true&&before !==null;this.#k(reply.room);this.state='joined';this.error=null;this.count=reply.count??this.count;this.#e=null;if(!this.#c){this.place={epoch:reply.epoch,offset:reply.offset};this.#f.call('joined',reply);for(const entry of reply.messages)this.#l(entry,reply.epoch);}else{this.#f.call('joined',reply);this.#m(reply,before,recovered);}
if(!recovered)this.#a.outbox().settle(this);this.#a.outbox().pump();}
#m(reply,before,recovered){if(recovered){this.#n(reply);return;}
this.place=null;if(before)this.#f.call('gap',{before,messages:reply.messages});else this.#o(reply);this.place={epoch:reply.epoch,offset:reply.offset};}
async #n(reply){const held=[];this.#e=held;const isCurrent=()=>this.#e===held;for(let page=reply;;){this.#o(page);if(!page.more||page.messages.length===0)break;const before=this.place;const range={after:before?.offset,limit:resumeLimit};page=await this.history(range).catch(()=>null);if(!isCurrent())return;if(page)continue;this.#f.call('gap',{before,messages:[]});break;}
this.#e=null;for(const entry of held)this.#p(entry,entry.epoch);}
#o(page){let epoch=page.first_epoch??page.epoch;for(const entry of page.messages){epoch=entry.epoch??epoch;this.#p(entry,epoch);}}
#p(entry,epoch){if(this.place&&entry.offset <=this.place.offset)return;this.place={epoch:epoch??this.place?.epoch??'',offset:entry.offset};this.#l(entry,this.place.epoch);this.#f.call('entry',entry);if(!entry.deleted)this.#f.call(entry.type,entry);}
#l({type,id,user,offset},epoch){if(type !=='message'||!id||!sameName(user,this.#a.user()))return;this.#a.outbox().arrived(id,{epoch,offset});}
push(push){if(push.type==='joined'){this.#i({...push,recovered:false});}else if(Number.isSafeInteger(push.offset)&&!noEntries.has(push.type)){if(this.#e)this.#e.push(push);else this.#p(push,push.epoch);}else if(push.type==='kicked'){this.#j(new CommandError({code:'kicked',text:push.text}),'kicked');}else{if(push.type==='presence')this.count=push.count??this.count;this.#f.call(push.type,push);}}
#j(error,event){this.state='refused';this.error=error;this.#e=null;this.#f.call(event,error);this.#a.outbox().giveUp(this,error);}
#k(name){const before=this.key;this.name=name;this.key=keyOf(name);if(this.key !==before)this.#a.renamed(before,this);}
disconnected(){if(this.state !=='left')this.state='away';this.#e=null;}}
return { RoostRoom };
})();
const m22 = (() => {
const { keyOf } = m6;
class Sessions{session;#a;#b='';constructor(storage){this.#a=storage;}
load(user){this.#b=`roost.session.${keyOf(user)}`;this.session=this.storedSession;}
get storedSession(){return this.#a?.getItem(this.#b)??undefined;}
keepSession(user,session){this.#b=`roost.session.${keyOf(user)}`;this.session=session;this.#a?.setItem(this.#b,session);}
ended(){if(this.session===this.storedSession)this.#a?.removeItem(this.#b);this.session=undefined;}}
return { Sessions };
})();
const m23 = (() => {
const { CommandError, Commands, Disconnected } = m0;
const { chatAddress, Connection } = m16;
const { Listeners } = m17;
const { Login } = m18;
const { keyOf } = m6;
const { Outbox } = m19;
const { nextWelcome } = m20;
const { RoostRoom } = m21;
const { Sessions } = m22;
const subprotocol='roost.v1';const sessionEnded=4005;const passing=new Set(['rate_limited','unavailable']);const loginRest=5_000;const tokenRest=1_000;class Roost{user='';account=false;welcome=null;first=null;outbox;#a;#b;#c;#d;#e=new Map();#f=new Listeners();#g=false;#h=false;#i;#j=false;constructor(address,options={}){const{user,password,token,storage,unsent}=options;this.#i=options.direct !==false;const Socket=options.WebSocket??globalThis.WebSocket;if(!Socket)throw new Error('There is no WebSocket here: pass one, { WebSocket }.');const target=/^wss?:/i.test(address)?address:chatAddress({href:address});this.#d=options.sessions??new Sessions(storage);this.#a=new Connection(()=>new Socket(target,subprotocol),{opened:()=>this.#c.begin(this.user),received:(push)=>this.#k(push),closed:(code,reason)=>this.#l(code,reason),changed:()=>this.#f.call('state',this.state),probe:()=>this.#b.probe((this.first??this.rooms[0])?.name??'lobby'),});this.#b=new Commands(this.#a);this.#c=new Login(this.#b,this.#d,{welcomed:(welcome,restarted)=>this.#m(welcome,restarted),refused:(error)=>this.#n(error),});this.outbox=new Outbox(this.#b,(key)=>this.#e.get(key),unsent,{changed:()=>this.#f.call('outbox',undefined),ended:(item,error)=>this.#f.call('sent',{item,error}),});if(user !==undefined)this.#o(user,{password,keeps:true,token});}
get state(){return this.#a.state;}
get limits(){return this.welcome?.limits;}
get rooms(){return [...this.#e.values()];}
on(name,listener){return this.#f.add(name,listener);}
login(user,proof={}){const{password,token}=proof;this.#o(user,{password,token});}
#o(user,proof){this.user=user;this.#j=proof.keeps===true;this.#h=typeof proof.token==='function';this.#c.use(proof);this.#d.load(user);this.outbox.enter(user);this.#a.open();}
ready(){if(this.#g&&this.welcome)return Promise.resolve(this.welcome);return nextWelcome(this);}
join(name,options={}){const known=this.room(name);if(known?.state==='refused'&&this.#g)known.enter();if(known)return known;const room=new RoostRoom(this.#p,name,options);this.#e.set(room.key,room);if(this.#g)room.enter();return room;}
room(name){return this.#e.get(keyOf(name));}
command(type,fields={}){return this.#b.request({...fields,type});}
async logout({everywhere=false}={}){await this.command('logout',{everywhere});this.#d.ended?.();this.close();}
close(){this.#q(new Disconnected('It was closed here.'));}
#q(error){this.#a.close();this.#l(1000,error.message);this.outbox.giveUp(null,error);}
retryNow(){this.#a.retryNow();}
expectWriting(){this.#a.expectWriting();}
#p={user:()=>this.user,timing:()=>this.welcome?.timing,outbox:()=>this.outbox,request:(command)=>this.#b.request(command),tell:(command)=>this.#b.tell(command),left:(room)=>this.#r(room),renamed:(key,room)=>this.#s(key,room),};#r(room){if(this.#e.get(room.key)===room)this.#e.delete(room.key);this.outbox.giveUp(room,new Disconnected('The room was left.'));}
#s(key,room){const others=this.rooms.filter((one)=>one===room||one.key !==room.key);this.#e=new Map(others.map((one)=>[one.key,one]));this.outbox.move(key,room);}
#m(welcome,restarted){this.#g=true;this.#j=true;this.user=welcome.user;this.account=welcome.account===true;this.welcome={...welcome,restarted};this.outbox.enter(welcome.user);this.#f.call('welcome',this.welcome);this.#t();}
async #t(){const{first,rooms}=this;const others=rooms.filter((room)=>room !==first);for(const room of first?[first,...others]:others){if(room.state==='joined'||this.#e.get(room.key)!==room)continue;if(!(await room.enter()))return;}}
#n(error){if(this.#j&&passing.has(error.code)){this.#a.retryAfter(error.retryAfter??loginRest,error.message);return;}
this.#f.call('refused',error);this.#q(error);}
#k(push){if(this.#b.settle(push))return;if(push.type==='direct'&&this.#i)this.#u(push);if(push.room !==undefined)this.room(push.room)?.push(push);this.#f.call('push',push);}
#u({room:name,epoch,offset}){if(this.room(name))return;const room=new RoostRoom(this.#p,name,{since:{epoch,offset}});room.state='joined';this.#e.set(room.key,room);this.#f.call('direct',room);}
#l(code,reason){if(code===sessionEnded&&this.#h){this.#a.retryAfter(tokenRest,reason);return;}
this.#g=false;this.#c.abandon();this.#b.abandon();for(const room of this.#e.values())room.disconnected();if(code===sessionEnded)this.#d.ended?.();this.#f.call('closed',{code,reason});if(this.state.phase==='stopped')this.#f.call('stopped',{code,reason});}}
return { Roost };
})();
const m24 = roostModules.m24 ??= (() => {
const { isEnglish, words } = m5;
const forProgrammers=new Set(['bad_json','bad_request','unknown_type','not_logged_in']);const translated=new Set(['name_taken','bad_password','bad_name','too_many_rooms','too_long','rate_limited','unavailable',]);const saysMore=new Set(['bad_name','bad_request']);function wordsForError({code,message}){const aboutText=code==='bad_request'&&message.startsWith('The text ');const own=translated.has(code)?words(`error.${code}`):'';if(forProgrammers.has(code)&&!aboutText)return words('error.misunderstood');if(!message)return own||words('error.misunderstood');if(isEnglish())return message;const said=words('error.server',{sentence:message});if(!own)return said;return saysMore.has(code)?`${own} ${said}`:own;}
const known=new Set([1001,1006,1008,1011,1012,1013,4001,4002,4003,4004,4005]);const wordsForCode=(code)=>words(`close.${known.has(code)?code:1006}`);const wordsForSession=()=>wordsForCode(4005);function wordsForState(state,online){const{phase,code}=state;const reason=isEnglish()||code===4003?state.reason:'';const isFull=code===1013&&state.reason;const cause=(isFull&&reason)||wordsForCode(code);switch(phase){case 'connecting':
return words(state.attempt > 0?'bar.again':'bar.first');case 'open':
return words(state.doubt?'bar.doubt':'state.open');case 'waiting':
return online||isFull?cause:words('bar.offline');case 'stopped':
return reason||cause;default:
return '';}}
return { wordsForError, wordsForSession, wordsForState };
})();
const m25 = (() => {
const { words } = m5;
const { keyOf } = m6;
const { Room } = m12;
const { wordsForError } = m24;
const firstRoom='lobby';const snapshotLimit=100;const nameLimit=64;const wordsForLength=()=>words('rooms.length',{count:nameLimit});const hopeless=new Set(['bad_name','bad_request','not_found']);class Rooms{current=null;problem='';#a=new Map();#b;#c;#d;#e=new Set();#f=new Map();constructor(roost,record,events){this.#b=roost;this.#c=record;this.#d=events;document.addEventListener('visibilitychange',()=>this.look());}
get list(){return [...this.#a.values()];}
get(key){return this.#a.get(key);}
named(name){return this.#a.get(keyOf(name));}
get unread(){return this.list.reduce((sum,room)=>sum + room.unread,0);}
restore(wanted,places){this.problem='';const known=this.#c.roomNames;const names=known.length > 0?known:[firstRoom];for(const{link}of this.list)link.leave();this.#a=new Map();for(const name of [...names,...places])this.#g(name);this.current=this.named(names[0]);if(wanted.length > nameLimit * 2)this.problem=wordsForLength();else if(wanted)this.current=this.#g(wanted);this.#b.first=this.current?.link??null;}
#g(name){const known=this.named(name);if(known)return known;const link=this.#b.join(name,{last:snapshotLimit,catchUp:false});const room=new Room(name,link);this.#a.set(room.key,room);link.on('joined',(reply)=>this.#h(room,reply));link.on('refused',(error)=>this.#i(room,error));this.#d.opened(room);return room;}
welcomed(restarted){this.#e=new Set(restarted?this.list:[]);}
#h(room,reply){const me=this.#b.user;this.#j(room,reply.room);const restarted=this.#e.delete(room);room.applyJoined(reply,me,this.#c.readTo(room),restarted);this.#c.joined(room);this.look();this.#d.entered(room,reply);this.#d.changed();}
#i(room,error){room.state='refused';room.problem=wordsForError(error);if(hopeless.has(error.code)&&room.epoch===null)this.#k(room);this.#d.changed();}
#j(room,name){const before=room.key;room.name=name;room.key=keyOf(name);if(room.key===before)return;this.#a=new Map(this.list.filter((one)=>one===room||one.key !==room.key)
.map((one)=>[one.key,one]));if(this.current&&this.get(this.current.key)!==this.current)this.current=room;this.#d.renamed(before,room);}
#k(room){this.problem=words('rooms.missing',{room:room.name,problem:room.problem});this.#c.left(room);this.#l(room);}
async join(name){this.problem='';const known=this.named(name);if(known){this.select(known);return;}
if(name.length > nameLimit * 2){this.problem=wordsForLength();this.#d.changed();return;}
const before=this.current;const room=this.#g(name);this.#f.set(room,before);this.select(room);await room.link.attempt;if(room.state==='refused'&&this.get(room.key)===room){this.problem=room.problem;this.#l(room);}
this.#f.delete(room);}
leave(room){this.problem='';this.#c.left(room);this.#l(room);}
#l(room){room.link.leave();this.#a.delete(room.key);if(this.current===room){this.current=null;const next=this.#f.get(room);const remaining=next&&this.get(next.key)===next?next:this.list[0];if(remaining)this.#m(remaining);}
this.#d.changed();}
select(room){this.problem='';if(room !==this.current)this.#m(room);this.#d.changed();}
#m(room){if(this.current)this.current.newFrom=null;this.current=room;this.#b.first=room.link;room.following=true;this.look();}
watches(room){return room===this.current&&!document.hidden&&room.following&&room.atEnd;}
look(){const room=this.current;if(!room||!this.watches(room)||room.state !=='joined')return;if(room.unread===0&&room.readTo===room.position)return;room.markRead();this.#c.wasRead(room);this.#d.changed();}
readElsewhere(me){const further=this.list.filter((room)=>room.readElsewhere(this.#c.readTo(room),me));if(further.length > 0)this.#d.changed();}
disconnected(){for(const room of this.#a.values())room.disconnected();}}
return { Rooms };
})();
const m26 = (() => {
const { CommandError, Disconnected } = m0;
const { Drafts } = m2;
const { History } = m3;
const { words } = m5;
const { sameName } = m6;
const { People } = m7;
const { Record } = m8;
const { typingLasts } = m12;
const { Roost } = m23;
const { Rooms } = m25;
const { setLastName, setTabName, setUnsent, unsent } = m1;
const { wordsForError, wordsForSession } = m24;
const noticeLasts=4_000;const sessionEnded=4005;const signedOut='You have signed out elsewhere.';const passing=new Set(['rate_limited','unavailable','bad_request']);function suggestionIn({code,message}){return code==='bad_name'?/Try "([^"\s]{1,64})"\.$/u.exec(message)?.[1]??'':'';}
class Chat{phase='login';me='';problem='';suggestion='';asksPassword=false;account=false;notice=null;news={number:0,words:''};textLimit=4000;signingOut=false;drafts=new Drafts();#a;#b;constructor(address,changed){this.#b=changed;this.#a=new Record({readElsewhere:()=>this.rooms.readElsewhere(this.me),signedOutElsewhere:()=>this.#c(),});this.connection=new Roost(address,{sessions:this.#a,unsent:{load:unsent,save:setUnsent},direct:false,});this.outbox=this.connection.outbox;this.history=new History(this.connection,changed);this.people=new People(this.connection,changed);this.rooms=new Rooms(this.connection,this.#a,{changed,opened:(room)=>this.#d(room),entered:(room,reply)=>{if(reply.recovered&&reply.more){this.history.rest(room).then(()=>this.rooms.look());}},renamed:(key,room)=>this.drafts.move(key,room),});this.#e();addEventListener('pagehide',()=>this.#a.save());document.addEventListener('visibilitychange',()=>this.#a.save());}
#e(){const{connection}=this;for(const event of ['state','outbox','push'])connection.on(event,this.#b);connection.on('welcome',(welcome)=>this.#f(welcome));connection.on('refused',(error)=>{const{code}=error;this.suggestion=suggestionIn(error);this.asksPassword=code==='name_taken'||code==='bad_password'
||(this.asksPassword&&passing.has(code));this.#g(wordsForError(error));});connection.on('closed',({code,reason})=>{this.rooms.disconnected();if(code===sessionEnded)this.#c(reason);});connection.on('sent',({item,error})=>{if(error)item.problem=wordsForError(error);const said=error?words('message.notSent',{problem:item.problem})
:words('message.wasSent');this.news={number:this.news.number + 1,words:said};});}
enter(name,roomName,password=''){this.me=name;this.problem=this.suggestion='';this.phase='entering';this.connection.login(name,{password});this.rooms.restore(roomName,this.outbox.places);this.#b();}
async keepName(password){try{await this.connection.command('account',{password});this.account=true;this.#b();return '';}catch(error){if(error instanceof Disconnected)return words('account.lost');if(!(error instanceof CommandError))throw error;return error.code==='bad_request'?error.message:wordsForError(error);}}
async signOut(everywhere=false){if(this.signingOut)return;this.signingOut=true;this.#b();await this.connection.command('logout',{everywhere}).catch(()=>{});this.signingOut=false;this.#a.save();this.#a.forgetSession();this.outbox.forget();this.drafts.forget();this.#g('');}
#c(reason=signedOut){if(this.phase==='login'||this.signingOut)return;this.#a.forgetSession();this.#g(reason===signedOut?wordsForSession():reason);}
#g(problem){setTabName('');this.phase='login';this.problem=problem;this.connection.close();this.#b();}
#f(welcome){this.phase='in';this.me=welcome.user;this.account=welcome.account===true;this.asksPassword=false;this.textLimit=welcome.limits?.text??this.textLimit;setLastName(this.me);setTabName(this.me);this.rooms.welcomed(welcome.restarted);this.#b();}
join(name){return this.rooms.join(name);}
leave(room){this.outbox.forget(room);this.drafts.forget(room);this.rooms.leave(room);}
say(text){const room=this.rooms.current;if(!room)return;room.newFrom=null;room.following=true;const fields=room.answered?{reply:room.answered.offset}:{};room.answered=null;room.link.say(text,fields).catch(()=>{});if(!room.atEnd)this.history.newest(room);}
typed(){this.connection.expectWriting();this.rooms.current?.link.typing();}
#d(room){const{link}=room;link.on('entry',(entry)=>{room.applyEntry(entry,this.me,this.rooms.watches(room));this.rooms.look();});link.on('presence',(push)=>{room.applyPresence(push);this.#h(room,push);});link.on('typing',({user})=>{if(sameName(user,this.me))return;room.applyTyping(user);setTimeout(this.#b,typingLasts + 100);});link.on('kicked',(error)=>room.applyKicked(error.message));}
#h(room,push){if(push.event==='count'||sameName(push.user,this.me))return;const key=push.event==='join'?'notice.joined':'notice.left';this.note(room,words(key,{name:push.user}));}
note(room,text){const notice={room,text};this.notice=notice;this.#b();setTimeout(()=>{if(this.notice !==notice)return;this.notice=null;this.#b();},noticeLasts);}}
return { Chat };
})();
const m27 = roostModules.m27 ??= (() => {
const byID=(id)=>document.getElementById(id);function element(tag,properties={},...children){const made=document.createElement(tag);const{className,dataset,attributes,...others}=properties;if(className)made.className=className;if(dataset)Object.assign(made.dataset,dataset);for(const [name,value] of Object.entries(attributes??{}))made.setAttribute(name,value);Object.assign(made,others);made.append(...children);return made;}
function icon(name){const space='http://www.w3.org/2000/svg';const svg=document.createElementNS(space,'svg');const use=document.createElementNS(space,'use');use.setAttribute('href',`#icon-${name}`);svg.setAttribute('class','icon');svg.setAttribute('aria-hidden','true');svg.append(use);return svg;}
function setText(node,text){if(node.textContent !==text)node.textContent=text;}
function setHidden(node,hidden){if(node.hidden !==hidden)node.hidden=hidden;}
const composes=(event)=>event.isComposing||event.keyCode===229;const touchKeyboard=matchMedia('(pointer: coarse)');const keyed=new WeakMap();function reconcile(parent,items,keyFor,make,update){const old=keyed.get(parent)??new Map();const now=new Map();for(const item of items)now.set(keyFor(item),item);for(const [key,node] of old){if(now.has(key))continue;node.remove();old.delete(key);}
let place=parent.firstChild;for(const [key,item] of now){let node=old.get(key);if(!node){node=make(item);old.set(key,node);}
update(node,item);if(node===place)place=place.nextSibling;else parent.insertBefore(node,place);}
keyed.set(parent,old);}
return { byID, element, icon, setText, setHidden, composes, touchKeyboard, reconcile };
})();
const m28 = roostModules.m28 ??= (() => {
const { byID, element } = m27;
const started={chat:null,view:null};function loadLater(){document.head.append(element('script',{id:'page-later',src:byID('later').href}));}
return { started, loadLater };
})();
const m29 = roostModules.m29 ??= (() => {
function placeIn(hash){let text=hash.slice(1);try{text=decodeURIComponent(text);}catch{}
const found=/^(.*)\/(\d{1,15})$/su.exec(text);return found?{room:found[1],offset:Number(found[2])}:{room:text,offset:null};}
const hashOf=(room,offset)=>
`#${encodeURIComponent(room.name)}${offset===undefined?'':`/${offset}`}`;function linkTo(room,entry,page=location){return new URL(hashOf(room,entry.offset),page.href.split('#')[0]).href;}
async function copyLink(room,entry){try{await navigator.clipboard.writeText(linkTo(room,entry));return true;}catch{return false;}}
return { placeIn, hashOf, linkTo, copyLink };
})();
const m30 = (() => {
const { byID, composes, setHidden, setText } = m27;
const { words } = m5;
const { lastName } = m1;
const { wordsForState } = m24;
class LoginView{#a;#b=byID('login');#c=byID('login-form');#d=byID('name');#e=byID('password');#f=byID('password-label');#g=byID('enter');#h=byID('login-problem');#i=byID('login-room');#j=byID('login-unsent');#k=byID('login-offer');#l=true;#m=false;#n=false;#o;constructor(chat,roomInAddress){this.#a=chat;this.#d.value=lastName();this.#c.addEventListener('submit',(event)=>{event.preventDefault();const name=this.#d.value.trim();this.#n=true;if(name==='')this.#d.focus();else chat.enter(name,roomInAddress(),this.#e.value);});this.#d.addEventListener('keydown',(event)=>{if(event.key==='Enter'&&composes(event))event.preventDefault();});this.#k.addEventListener('click',()=>{this.#d.value=this.#a.suggestion;this.#c.requestSubmit();});this.#o=roomInAddress;}
render(){const{phase,connection,problem,suggestion,outbox,asksPassword}=this.#a;const stuck=['waiting','stopped'].includes(connection.state.phase);const shown=phase==='login'||(phase==='entering'&&(stuck||this.#n));setHidden(this.#b,!shown);if(!shown){this.#l=true;this.#e.value='';return;}
if(phase==='login')this.#n=false;const busy=phase==='entering'&&!stuck;this.#b.classList.toggle('busy',busy);this.#g.disabled=busy;setText(this.#g,words(busy?'login.busy':'login.join'));setText(this.#h,phase==='entering'?this.#p(connection.state):problem);setHidden(this.#e,!asksPassword);setHidden(this.#f,!asksPassword);if(!asksPassword)this.#e.value='';const wrong=phase==='login'&&problem !=='';this.#d.setAttribute('aria-invalid',String(wrong&&!asksPassword));this.#e.setAttribute('aria-invalid',String(wrong&&asksPassword));const room=this.#o();setHidden(this.#i,!room);setText(this.#i,room?words('login.room',{room}):'');setHidden(this.#k,suggestion==='');setText(this.#k,suggestion?words('login.as',{name:suggestion}):'');const unsent=outbox.unsent().length;setHidden(this.#j,unsent===0);const kept=`${words('unsent',{count:unsent})} ${words('login.kept')}`;setText(this.#j,unsent > 0?kept:'');const first=asksPassword&&!this.#l?this.#e:this.#d;if(this.#l||(problem !==''&&this.#m&&!busy))first.select();this.#l=false;this.#m=busy;}
#p(state){const why=wordsForState(state,navigator.onLine);if(state.phase==='stopped')return why;if(state.phase !=='waiting')return '';const reached=state.code !==1006||!navigator.onLine;return words('login.trying',{problem:reached?why:words('login.unreachable')});}}
return { LoginView };
})();
const m31 = (() => {
const { byID, setHidden } = m27;
const { onLanguage } = m5;
const { hashOf, placeIn } = m29;
const { keyOf } = m6;
const { started } = m28;
const { LoginView } = m30;
const roomInAddress=()=>placeIn(location.hash).room;class View{#a;#b;#c=null;#d=placeIn(location.hash);#e=false;#f=false;#g=matchMedia('(pointer: fine)');constructor(chat){this.#a=chat;this.#b=[new LoginView(chat,roomInAddress)];Object.assign(started,{chat,view:this});onLanguage(()=>{this.#c?.messages.forget();this.schedule();});addEventListener('popstate',(event)=>this.#h(event.state));}
complete(inside,parts){this.#c=inside;this.#b.unshift(...parts);byID('loading').remove();this.schedule();}
say(sentence){this.#c.panels.note=sentence;this.schedule();}
takePlace(){const place=this.#d;this.#d=null;return place?.offset===null?null:place;}
showMessage(entry){this.#c.messages.show(entry);}
jumpTo(room,offset){this.#d={room:room.name,offset};this.schedule();}
startWriting(){this.#c.composer.render();this.schedule();this.#c.composer.focus();}
schedule(){if(this.#e)return;this.#e=true;const draw=()=>{this.#e=false;this.#i();};if(document.hidden)setTimeout(draw,200);else requestAnimationFrame(draw);}
#i(){const{phase,rooms}=this.#a;const isShown=phase==='in'&&this.#c !==null;setHidden(byID('chat'),!isShown);if(!this.#c)setHidden(byID('loading'),phase !=='in');for(const part of this.#b)part.render();if(isShown&&rooms.current)this.#j(rooms.current);if(isShown&&!this.#f)this.focusComposer();this.#f=isShown;}
#h(state){this.#d=placeIn(location.hash);if(this.#a.phase !=='in')return;const name=roomInAddress();const{rooms}=this.#a;const room=rooms.named(name);if(room)rooms.select(room);else if(name&&!state?.visited)this.#a.join(name);else this.schedule();}
#j(room){const before=roomInAddress();const state={visited:true};const hash=hashOf(room);const isThere=keyOf(before)===room.key;if(isThere&&history.state?.visited&&before===room.name)return;if(isThere||!this.#a.rooms.named(before))history.replaceState(state,'',hash);else history.pushState(state,'',hash);}
focusComposer(){if(this.#g.matches)this.#c.composer.focus();}}
return { roomInAddress, View };
})();
(() => {
const { Chat } = m26;
const { chatAddress } = m16;
const { speak, speakAtOnce } = m5;
const { loadLater } = m28;
const { tabName } = m1;
const { roomInAddress, View } = m31;
const loading=document.getElementById('loading');const hasStyle=()=>
getComputedStyle(document.documentElement).getPropertyValue('--page')!=='';async function start(){if(!loading?.isConnected||'started' in loading.dataset||!hasStyle())return;loading.dataset.started='';document.removeEventListener('load',start,true);if(!speakAtOnce())await speak();let view=null;const chat=new Chat(chatAddress(location),()=>view?.schedule());view=new View(chat);const name=tabName();if(name)chat.enter(name,roomInAddress());view.schedule();setTimeout(loadLater);}
document.addEventListener('load',start,true);start();
})();
})();
