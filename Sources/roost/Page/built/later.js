(function () {
'use strict';
const m33 = (() => {
const { CommandError, Disconnected } = roostModules.m0;
const { asWished } = roostModules.m9;
const { words } = roostModules.m5;
const { sameName } = roostModules.m6;
const { wordsForError } = roostModules.m24;
const standardRest=2_000;class Changes{#a=[];#b;#c;#d=false;constructor(chat,events){this.#b=chat;this.#c=events;}
edit(room,entry,text){this.#e(room,entry,'edit',{type:'edited',text},{text});}
remove(room,entry){this.#e(room,entry,'delete',{type:'deleted'},{});}
react(room,entry,emoji){const{reactions={}}=asWished(entry,room.wishes);const isMine=(reactions[emoji]??[]).some((name)=>sameName(name,this.#b.me));const next=isMine?null:emoji;this.#e(room,entry,'react',{type:'reaction',emoji:next},{emoji:next});}
render(){for(const wish of [...this.#a]){const{room,answer}=wish;if(answer <=room.position)this.#f(wish);else if(!this.#g(wish))this.#h(wish,words('change.lost'));}
this.#i();}
#g({room,epoch,user}){const{me,rooms}=this.#b;return rooms.get(room.key)===room&&room.epoch===epoch&&sameName(user,me);}
#e(room,entry,command,change,fields){const{offset:target}=entry;const user=this.#b.me;const{epoch}=room;const wish={room,epoch,entry,target,user,offset:Infinity,command,fields};this.#a.push(Object.assign(wish,change));room.wishes.set(target,[...(room.wishes.get(target)??[]),wish]);this.#j(wish);this.#i();}
async #i(){const wish=this.#a.find(({room,answer})=>room.state==='joined'&&answer===undefined);if(this.#d||!wish)return;this.#d=true;try{const{room,command,target,fields}=wish;const{offset}=await room.link.command(command,{offset:target,...fields});wish.answer=offset;}catch(error){if(error instanceof CommandError)await this.#k(wish,error);else if(!(error instanceof Disconnected))throw error;}finally{this.#d=false;}
this.#c.changed();}
async #k(wish,error){if(error.code==='unavailable'){const rest=error.retryAfter??standardRest;await new Promise((resolve)=>setTimeout(resolve,rest));}else if(wish.command==='delete'&&error.code==='not_found'){this.#f(wish);}else{this.#h(wish,wordsForError(error));}}
#h(wish,problem){this.#f(wish);this.#c.refused(words(`change.${wish.command}`,{problem}),wish);}
#f(wish){const{room,target}=wish;this.#a=this.#a.filter((other)=>other !==wish);const rest=room.wishes.get(target)?.filter((other)=>other !==wish)??[];if(rest.length > 0)room.wishes.set(target,rest);else room.wishes.delete(target);this.#j(wish);}
#j({room,target}){for(const entry of room.entries){if(entry.offset===target||entry.reply===target)delete entry.item;}
this.#c.changed();}}
return { Changes };
})();
const m34 = (() => {
const { byID, setText } = roostModules.m27;
function ask(words,{agree,refuse}){const dialog=byID('question');setText(byID('question-words'),words);setText(byID('question-agree'),agree);setText(byID('question-refuse'),refuse);dialog.returnValue='';dialog.showModal();return new Promise((resolve)=>{dialog.addEventListener('close',()=>resolve(dialog.returnValue==='agree'),{once:true});});}
return { ask };
})();
const m35 = (() => {
const { ask } = m34;
const { words } = roostModules.m5;
const { copyLink, linkTo } = roostModules.m29;
const editableFor=24 * 60 * 60_000;class Deeds{#a;#b;#c;constructor(chat,view,changes){this.#a=chat;this.#b=view;this.#c=changes;}
of({entry,own,pending,past,deleted}){if(deleted||pending||entry.offset===undefined)return [];if(past)return ['copy'];const can=this.#a.connection.welcome?.capabilities??[];const possible=can.includes('react')?['react']:[];possible.push('reply');if(own&&can.includes('edit')&&Date.now()- entry.time < editableFor){possible.push('edit');}
possible.push('copy','link');if(own&&can.includes('delete'))possible.push('delete');return possible;}
react(entry,emoji){this.#c.react(this.#a.rooms.current,entry,emoji);}
async do(name,entry){const room=this.#a.rooms.current;switch(name){case 'reply':
room.editing=null;room.answered=entry;this.#b.startWriting();break;case 'edit':
this.#d(room,entry);break;case 'copy':
await this.#e(room,entry);break;case 'link':
if(await copyLink(room,entry))this.#f(room,words('copy.link'));else this.#b.say(words('copy.refused',{text:linkTo(room,entry)}));break;case 'delete':
await this.#g(room,entry);break;}}
editLast(){const room=this.#a.rooms.current;const entry=room?.entries.findLast(({item})=>item?.own&&this.of(item).includes('edit'));if(entry)this.#d(room,entry);return Boolean(entry);}
undone({command,room,entry,text}){if(command==='edit'&&!room.editing)this.#h(room,entry,text);this.#b.schedule();}
stop(){const room=this.#a.rooms.current;room.editing=room.answered=null;this.#b.startWriting();}
#d(room,entry){this.#h(room,entry,entry.item.text);this.#b.startWriting();}
#h(room,entry,text){room.editing={entry,text,finish:(written)=>this.#i(room,entry,written)};}
#f(room,sentence){this.#a.note(room,sentence);const{number}=this.#a.news;this.#a.news={number:number + 1,words:sentence};}
async #i(room,entry,text){if(text===''){if(await this.#g(room,entry))room.editing=null;}else{if(text !==entry.item?.text)this.#c.edit(room,entry,text);room.editing=null;}
this.#b.startWriting();}
async #g(room,entry){const agreed=await ask(words('delete.ask'),{agree:words('message.delete'),refuse:words('cancel'),});if(agreed)this.#c.remove(room,entry);return agreed;}
async #e(room,entry){try{await navigator.clipboard.writeText(entry.item?.text??entry.text);this.#f(room,words('copy.text'));}catch{this.#b.say(words('copy.refused',{text:entry.text}));}}}
return { Deeds };
})();
const m36 = (() => {
const { byID } = roostModules.m27;
function makeInstallable(){byID('manifest').rel='manifest';navigator.serviceWorker?.register('service-worker.js').catch(()=>{});}
return { makeInstallable };
})();
const m37 = (() => {
const { words } = roostModules.m5;
const { keyOf, mentions } = roostModules.m6;
const { noticeSettings } = roostModules.m1;
const longestText=200;let audio=null;function sound(){audio??=new AudioContext();audio.resume().catch(()=>{});for(const [at,pitch] of [[0,660],[0.12,880]]){const start=audio.currentTime + at;const tone=new OscillatorNode(audio,{frequency:pitch});const volume=new GainNode(audio,{gain:0});volume.gain.setValueAtTime(0,start);volume.gain.linearRampToValueAtTime(0.15,start + 0.02);volume.gain.exponentialRampToValueAtTime(0.001,start + 0.25);tone.connect(volume).connect(audio.destination);tone.start(start);tone.stop(start + 0.3);}}
const canNotify=()=>'Notification' in window;class Notices{#a;#b=new WeakMap();constructor(chat){this.#a=chat;}
render(){if(this.#a.phase !=='in')return;for(const room of this.#a.rooms.list)this.#c(room);}
#c(room){const{epoch,position,entries}=room;if(epoch===null)return;const seen=this.#b.get(room);if(seen?.epoch===epoch&&seen.offset===position)return;this.#b.set(room,{epoch,offset:position});if(seen?.epoch !==epoch||!document.hidden)return;const me=keyOf(this.#a.me);const fresh=entries.filter((entry)=>entry.offset > seen.offset&&entry.author !==me
&&!entry.deleted&&mentions(entry.text,this.#a.me));if(fresh.length > 0)this.#d(room,fresh[fresh.length - 1]);}
#d(room,entry){const wanted=noticeSettings();if(wanted.sound)sound();if(!wanted.notify||!canNotify()||Notification.permission !=='granted')return;const title=words('notice.mention',{name:entry.user,room:room.name});const options={body:entry.text.slice(0,longestText),tag:`${room.key} ${entry.offset}`,icon:document.querySelector('link[rel=icon]').href,};try{const notice=new Notification(title,options);notice.onclick=()=>{focus();this.#a.rooms.select(room);notice.close();};}catch{navigator.serviceWorker?.ready.then((it)=>it.showNotification(title,options));}}}
return { sound, canNotify, Notices };
})();
const m38 = (() => {
const { asWished, entryOf } = roostModules.m9;
function entryAt(entries,offset){let low=0;let high=entries.length;while(low < high){const middle=(low + high)>> 1;if(entries[middle].offset < offset)low=middle + 1;else high=middle;}
return entries[low]?.offset===offset?entries[low]:undefined;}
class Quotes{#a=[];#b;#c=false;constructor(changed){this.#b=changed;}
find(room,{past,entry}){const offset=entry.reply;const isIt=(one)=>one.epoch===(entry.epoch??room.epoch)&&one.offset===offset;const found=room.past.entries.find(isIt);if(found||past)return found??null;const here=entryAt(room.entries,offset);return here?asWished(here,room.wishes):room.quoted.get(offset);}
want(room,offset){const isIt=(one)=>one.room===room&&one.offset===offset;if(room.quoted.has(offset)||this.#a.some(isIt))return;this.#a.push({room,offset});this.render();}
async render(){const next=this.#a.find(({room})=>room.state==='joined');if(this.#c||!next)return;this.#c=true;const{room,offset}=next;const{epoch}=room;const range={before:offset + 1,limit:1};try{const{messages}=await room.link.command('history',range);const found=messages.find((one)=>one.offset===offset);if(room.epoch===epoch)this.#d(room,offset,found?entryOf(found):null);this.#a=this.#a.filter((one)=>one !==next);}catch{if(room.state==='joined')this.#a=this.#a.filter((one)=>one !==next);}
this.#c=false;this.#b();}
#d(room,offset,message){room.quoted.set(offset,message);for(const entry of room.entries)if(entry.reply===offset)delete entry.item;}}
return { entryAt, Quotes };
})();
const m39 = (() => {
const { byID, setHidden, setText } = roostModules.m27;
const { words } = roostModules.m5;
const shortest=8;class AccountView{#a;#b=byID('account');#c=byID('account-form');#d=byID('new-password');#e=byID('account-problem');#f=byID('account-save');#g=byID('sign-out-everywhere');#h=byID('open-account');constructor(chat,panels){this.#a=chat;this.#h.addEventListener('click',()=>this.#i());byID('account-cancel').addEventListener('click',()=>this.#b.close());byID('show-password').addEventListener('change',({target})=>{this.#d.type=target.checked?'text':'password';});this.#c.addEventListener('submit',(event)=>{event.preventDefault();this.#j();});this.#g.addEventListener('click',()=>{this.#b.close();panels.signOut(true);});this.#b.addEventListener('close',()=>this.#k());}
#i(){byID('account-name').value=this.#a.me;this.#k();this.#b.showModal();this.#d.focus();}
#k(){this.#d.value='';this.#d.type='password';byID('show-password').checked=false;this.#l('');}
#l(sentence){setText(this.#e,sentence);this.#d.setAttribute('aria-invalid',String(sentence !==''));}
async #j(){const password=this.#d.value;if(new TextEncoder().encode(password).length < shortest){this.#l(words('account.short'));this.#d.focus();return;}
this.#l('');this.#f.disabled=true;const problem=await this.#a.keepName(password);this.#f.disabled=false;if(!this.#b.open)return;this.#l(problem);if(problem==='')this.#b.close();else this.#d.focus();}
render(){const{account,phase}=this.#a;if(phase !=='in'&&this.#b.open)this.#b.close();setText(byID('account-title'),words(account?'account.yours':'account.make'));setText(byID('account-words'),words(account?'account.change':'account.why'));setText(this.#f,words(account?'account.set':'account.keep'));setHidden(this.#g,!account);}}
return { AccountView };
})();
const m40 = (() => {
const { compareNames, keyOf, sameName } = roostModules.m6;
const most=8;const begun=/(?:^|[^\p{L}\p{M}\p{N}_])(@[\p{L}\p{M}\p{N}_.-]{0,64})$/u;const anyWord=/(?:^|[^\p{L}\p{M}\p{N}_@.-])([\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_.-]{0,63})$/u;function nameBefore(text,caret,any=false){const before=text.slice(Math.max(0,caret - 80),caret);const found=begun.exec(before)??(any?anyWord.exec(before):null);if(!found)return null;return{start:caret - found[1].length,prefix:found[1].replace('@','')};}
function candidates(prefix,room,me){const key=keyOf(prefix);const spoke=new Map();for(const{author,user}of room.entries.slice(-200)){spoke.delete(author);spoke.set(author,user);}
const rank=new Map([...spoke.keys()].reverse().map((author,index)=>[author,index]));const rankOf=(name)=>rank.get(keyOf(name))??rank.size;const names=room.members?[...room.members.values()]:[...spoke.values()];return names.filter((name)=>keyOf(name).startsWith(key)&&!sameName(name,me))
.sort((one,other)=>rankOf(one)- rankOf(other)||compareNames(one,other))
.slice(0,most);}
return { nameBefore, candidates };
})();
const m41 = (() => {
const { keyOf } = roostModules.m6;
const tintCount=18;function firstCharacter(text){if('Segmenter' in Intl){for(const{segment}of new Intl.Segmenter().segment(text))return segment;}
return [...text][0]??'';}
function initials(name){const parts=name.split(/[-_.]+/u).filter(Boolean);const letters=parts.length > 1?[parts[0],parts[parts.length - 1]]:[name];return letters.map((part)=>firstCharacter(part).toUpperCase()).join('');}
function tintOf(name){let hash=0x811c9dc5;for(const character of keyOf(name)){hash=Math.imul(hash ^ character.codePointAt(0),0x01000193);}
hash=Math.imul(hash ^(hash >>> 16),0x85ebca6b);hash=Math.imul(hash ^(hash >>> 13),0xc2b2ae35);return((hash ^(hash >>> 16))>>> 0)% tintCount;}
return { tintCount, initials, tintOf };
})();
const m42 = (() => {
const { count, locale, words } = roostModules.m5;
const shapes={clock:{hour:'numeric',minute:'2-digit'},full:{dateStyle:'full',timeStyle:'medium'},dayThisYear:{weekday:'long',day:'numeric',month:'long'},dayOfYear:{dateStyle:'long'},};let made={};function format(shape,date){if(made.locale !==locale())made={locale:locale()};made[shape]??=new Intl.DateTimeFormat(made.locale,shapes[shape]);return made[shape].format(date);}
const valid=(date)=>(Number.isNaN(date.getTime())?new Date(0):date);const instant=(text)=>valid(new Date(text));const clockTime=(date)=>format('clock',date);const fullTime=(date)=>format('full',date);const dayKey=(date)=>
(date.getFullYear()* 12 + date.getMonth())* 31 + date.getDate();function dayName(date,now=new Date()){const key=dayKey(date);if(key===dayKey(now))return words('day.today');const yesterday=new Date(now);yesterday.setDate(now.getDate()- 1);if(key===dayKey(yesterday))return words('day.yesterday');return format(date.getFullYear()===now.getFullYear()?'dayThisYear':'dayOfYear',date);}
const badge=(value)=>(value > 99?`${count(99)}+`:count(value));
return { instant, clockTime, fullTime, dayKey, dayName, badge };
})();
const m43 = (() => {
const deepest=6;const link=/\bhttps?:\/\/[^\s<>"'`\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/giu;const endsSentence=new Set('.,;:!?*_');const marks=/`+|\*+|_+/gu;const word=/[\p{L}\p{M}\p{N}_\\]/u;const plainWord=/\w/u;function addressIn(found){let end=found.length;while(endsSentence.has(found[end - 1]))end -=1;if(found[end - 1]===')'&&!found.slice(0,end).includes('('))end -=1;const address=found.slice(0,end);return URL.canParse?.(address)?address:'';}
function linksIn(text){const links=[];if(!text.includes('://'))return links;for(const{0:found,index}of text.matchAll(link)){const address=addressIn(found);if(address)links.push({kind:'link',address,start:index,end:index + address.length});}
return links;}
function codeIn(text,runs){const next=new Map();const closing=new Map();for(const run of [...runs].reverse()){closing.set(run,next.get(run[0].length));next.set(run[0].length,run);}
const found=[];let end=0;for(const run of runs){const other=closing.get(run);if(run.index < end||!other)continue;end=other.index + other[0].length;let inside=text.slice(run.index + run[0].length,other.index);if(/^ .*\S.* $/su.test(inside))inside=inside.slice(1,-1);found.push({kind:'code',text:inside,start:run.index,end});}
return found;}
function merged(one,other){const all=[...one,...other].sort((a,b)=>a.start - b.start);let end=0;return all.filter((place)=>{if(place.start < end)return false;end=place.end;return true;});}
function tokensOf(text,index,length){const before=text[index - 1]??' ';const after=text[index + length]??' ';const isPart=length===2?plainWord:word;const opens=/\S/u.test(after)&&!isPart.test(before);const closes=/\S/u.test(before)&&!isPart.test(after);const make=(size,at)=>({mark:text.slice(at,at + size),start:at,end:at + size,opens,closes,});if(length < 3)return [make(length,index)];return opens?[make(2,index),make(1,index + 2)]:[make(1,index),make(2,index + 1)];}
function pair(tokens){const open=[];const counts={};for(const token of tokens){const{mark}=token;if(token.closes&&counts[mark] > 0){let other;do{other=open.pop();counts[other.mark] -=1;}while(other.mark !==mark);if(other.end < token.start){other.partner=token;token.partner=other;}}else if(token.opens){open.push(token);counts[mark]=(counts[mark]??0)+ 1;}}}
function treeOf(text,places){const root=[];const open=[root];let end=0;const put=(node)=>{if(node !=='')open[open.length - 1].push(node);};for(const place of places){const{mark,partner,start}=place;if(mark&&(!partner||partner.isFlat))continue;const isStart=mark&&partner.start > start;if(isStart&&open.length > deepest){place.isFlat=true;continue;}
put(text.slice(end,start));end=place.end;if(!mark){put(place);}else if(isStart){const node={kind:mark.length===2?'strong':'em',inside:[]};put(node);open.push(node.inside);}else{open.pop();}}
put(text.slice(end));return root;}
function spansOf(text){const runs=[...text.matchAll(marks)];const fixed=merged(linksIn(text),codeIn(text,runs.filter(([run])=>run[0]==='`')));const tokens=[];let next=0;for(const{0:run,index}of runs){while(fixed[next]&&fixed[next].end <=index)next +=1;const isInside=fixed[next]&&fixed[next].start <=index;const most=run[0]==='*'?3:1;if(run[0]==='`'||isInside||run.length > most)continue;tokens.push(...tokensOf(text,index,run.length));}
pair(tokens);return treeOf(text,[...fixed,...tokens].sort((a,b)=>a.start - b.start));}
return { spansOf };
})();
const m44 = (() => {
const { spansOf } = m43;
const deepestQuote=3;const deepestList=4;const fence=/^ {0,3}```([\w+#.-]{0,20})[^\S\n]*$/u;const fenceEnd=/^ {0,3}```[^\S\n]*$/u;const quote=/^>(?: |$)/u;const item=/^( {0,8})([-*+]|\d{1,9}\.) +(?=\S)/u;const more=/^ {2,}\S/u;class Reader{constructor(lines){this.lines=lines;this.at=0;this.lastFence=lines.findLastIndex((line)=>fenceEnd.test(line));}
get line(){return this.lines[this.at];}
get isDone(){return this.at >=this.lines.length;}
takeWhile(fits){const start=this.at;while(!this.isDone&&fits(this.line))this.at +=1;return this.lines.slice(start,this.at);}}
function codeBlock(reader){const [,language]=fence.exec(reader.line);reader.at +=1;const text=reader.takeWhile((line)=>!fenceEnd.test(line)).join('\n');reader.at +=1;return{kind:'code',text,language};}
function quoteBlock(reader,depth){const lines=reader.takeWhile((line)=>quote.test(line));return{kind:'quote',blocks:blocksOf(lines.map((line)=>line.slice(2)),depth + 1)};}
function listBlock(reader,depth=1){const [,indent,mark]=item.exec(reader.line);const list={kind:'list',ordered:mark.length > 1,items:[]};while(!reader.isDone){const found=item.exec(reader.line);const last=list.items[list.items.length - 1];if(!found){if(!last||!more.test(reader.line))break;last.lines.push(reader.line.trimStart());reader.at +=1;continue;}
const further=found[1].length - indent.length;if(further < 0)break;if(further > 1&&last&&depth < deepestList){last.lists.push(listBlock(reader,depth + 1));continue;}
if((found[2].length > 1)!==list.ordered)break;const value=list.ordered?Number.parseInt(found[2],10):undefined;list.items.push({value,lines:[reader.line.slice(found[0].length)],lists:[]});reader.at +=1;}
list.items=list.items.map(({value,lines,lists})=>
({value,inside:spansOf(lines.join('\n')),lists}));return list;}
function withoutEmpty(lines){const first=lines.findIndex((line)=>line.trim()!=='');return first < 0?[]:lines.slice(first);}
function blocksOf(lines,depth){const reader=new Reader(lines);const blocks=[];let plain=[];const put=(block)=>{if(blocks.length > 0)plain=withoutEmpty(plain);while(block&&plain.length > 0&&plain[plain.length - 1].trim()==='')plain.pop();if(plain.length > 0)blocks.push({kind:'text',inside:spansOf(plain.join('\n'))});plain=[];if(block)blocks.push(block);};while(!reader.isDone){const{line}=reader;if(reader.at < reader.lastFence&&fence.test(line))put(codeBlock(reader));else if(depth < deepestQuote&&quote.test(line))put(quoteBlock(reader,depth));else if(item.test(line))put(listBlock(reader));else{plain.push(line);reader.at +=1;}}
put(null);return blocks;}
const parse=(text)=>blocksOf(text.split('\n'),0);
return { parse };
})();
const m45 = (() => {
const { element } = roostModules.m27;
const { parse } = m44;
const longLine=/^.{40}/mu;function span(node){if(typeof node==='string')return node;if(node.kind==='code')return element('code',{},node.text);if(node.kind==='link'){const attributes={rel:'noopener noreferrer nofollow',target:'_blank'};return element('a',{href:node.address,dir:'ltr',attributes},node.address);}
return element(node.kind,{},...node.inside.map(span));}
function listItem({value,inside,lists}){const made=element('li',{dir:'auto'},...inside.map(span),...lists.map(block));if(value !==undefined)made.value=value;return made;}
function block(node){switch(node.kind){case 'code':{const pre=element('pre',{dir:'ltr'},element('code',{},node.text));if(node.language)pre.dataset.language=node.language;if(longLine.test(node.text))pre.tabIndex=0;return pre;}
case 'quote':
return element('blockquote',{},...node.blocks.map(block));case 'list':
return element(node.ordered?'ol':'ul',{},...node.items.map(listItem));default:
return element('p',{dir:'auto'},...node.inside.map(span));}}
const textNodes=(text)=>parse(text).map(block);
return { textNodes };
})();
const m46 = (() => {
const { element, icon, setText } = roostModules.m27;
const { initials, tintOf } = m41;
const { clockTime, fullTime, instant } = m42;
const { words } = roostModules.m5;
const { textNodes } = m45;
const mostLines=24;const mostCharacters=1_600;const emoji='\\p{Emoji_Presentation}|\\p{Extended_Pictographic}\\uFE0F|\\p{RI}{2}';const loneEmoji=new RegExp(`^(?:${emoji}|[\\u{1F3FB}-\\u{1F3FF}]|\\u200D|\\s){1,16}$`,'u');function avatar(name){const dataset={tint:tintOf(name)};const attributes={'aria-hidden':'true'};return element('span',{className:'avatar',dataset,attributes},initials(name));}
function timeOf(date,properties){const exact={dateTime:date.toISOString(),title:fullTime(date)};return element('time',{...exact,...properties},clockTime(date));}
function makeMessage(item){const{entry,own,held}=item;const date=instant(entry.at);const called=own&&!held?words('message.you'):entry.user;const who=element('bdi',{className:'name',title:entry.user},called);who.dataset.tint=tintOf(entry.user);const by=element('div',{className:'by'},who,' ',timeOf(date));const bubble=element('div',{className:'bubble'});const again=timeOf(date,{className:'again'});again.setAttribute('aria-hidden','true');const status=element('span',{className:'status'});const line=element('div',{className:'line'},bubble,again,status);const body=element('div',{className:'body'},by,line);const row=element('li',{role:'listitem'},body);if(!own)row.prepend(avatar(entry.user));else row.setAttribute('aria-live','off');return row;}
function showText(row,{deleted,text}){const bubble=row.querySelector('.bubble');if(deleted)bubble.replaceChildren(words('message.deleted'));else bubble.replaceChildren(...textNodes(text));row.querySelector('.unfold')?.remove();const long=!deleted&&isLong(text);bubble.classList.toggle('folded',long);if(long)row.querySelector('.body').append(unfoldButton(bubble));}
function isLong(text){return text.length > mostCharacters||text.split('\n',mostLines + 1).length > mostLines;}
function unfoldButton(bubble){const button=element('button',{type:'button',className:'link unfold'});setText(button,words('message.more'));button.setAttribute('aria-expanded','false');button.addEventListener('click',()=>{const folded=bubble.classList.toggle('folded');button.setAttribute('aria-expanded',String(!folded));setText(button,words(folded?'message.more':'message.less'));});return button;}
function classesOf(item){const{own,head,tail,pending,sameMinute,mentioned,held,past}=item;const classes=['message'];if(own)classes.push('own');if(head)classes.push('head');if(tail)classes.push('tail');if(!sameMinute)classes.push('timed');if(held)classes.push('held');else if(pending)classes.push(pending.state);if(past)classes.push('past');if(item.changing)classes.push('changing');if(item.deleted)classes.push('gone');else if(loneEmoji.test(item.text))classes.push('emoji');if(mentioned)classes.push('mention');return classes.join(' ');}
function updateMessage(row,item,actions){const before=row.item;if(before===item)return;row.item=item;if(before?.deleted !==item.deleted||before?.text !==item.text)showText(row,item);const classes=classesOf(item);if(row.className !==classes)row.className=classes;if(before?.entry.at !==item.entry.at)showTime(row,item.entry);actions.decorate(row,item);const status=statusOf(item);if(row.status===status)return;row.status=status;showStatus(row.querySelector('.status'),item,status,actions);}
function showTime(row,entry){const date=instant(entry.at);for(const time of row.querySelectorAll('time')){time.dateTime=date.toISOString();time.title=fullTime(date);setText(time,clockTime(date));}}
function statusOf({pending,lastOwn,past,online,held,deleted,changing}){if(!pending)return lastOwn&&!past&&!deleted&&!changing?'sent':'';if(held)return `held:${held}`;if(pending.state==='failed')return `failed:${pending.problem}`;return online?'sending':'queued';}
function showStatus(node,{pending,held},status,actions){if(status===''){node.replaceChildren();}else if(status==='sent'){const sent=words('message.sent');const mark=element('span',{title:sent},icon('check'));node.replaceChildren(mark,element('span',{className:'unseen'},sent));}else if(status==='sending'){node.replaceChildren(words('message.sending'));}else if(status==='queued'){node.replaceChildren(words('message.waiting'));}else{const problem=held?words('message.nameLost'):pending.problem;const again=held?words('message.sendAs',{name:held}):words('message.again');node.replaceChildren(`${problem} `,button(again,()=>actions.retry(pending)),' ',button(words('message.discard'),()=>actions.discard(pending)));}}
function button(name,pressed){const made=element('button',{type:'button',className:'link'},name);made.addEventListener('click',pressed);return made;}
return { avatar, makeMessage, updateMessage };
})();
const m47 = (() => {
const { candidates, nameBefore } = m40;
const { byID, composes, element, setHidden, setText } = roostModules.m27;
const { words } = roostModules.m5;
const { avatar } = m46;
class CompletionView{#a;#b=byID('message');#c=byID('names');#d=byID('names-said');#e=[];#f=0;#g=null;#h=null;constructor(chat){this.#a=chat;byID('composer').addEventListener('keydown',(event)=>{if(event.target===this.#b&&!composes(event)&&this.#i(event)){event.preventDefault();event.stopPropagation();}},true);this.#b.addEventListener('input',(event)=>{if(!event.isComposing)this.#j();});this.#b.addEventListener('compositionend',()=>this.#j());for(const type of ['blur','click']){this.#b.addEventListener(type,()=>this.#k());}
this.#c.addEventListener('pointerdown',(event)=>{event.preventDefault();const option=event.target.closest('[role="option"]');if(option)this.#l(option.dataset.name);});}
render(){const room=this.#a.rooms.current;if(room !==this.#h)this.#k();this.#h=room;}
#i({key,altKey,ctrlKey,metaKey,shiftKey}){if(altKey||ctrlKey||metaKey||shiftKey)return false;if(this.#e.length===0)return key==='Tab'&&this.#m();switch(key){case 'ArrowDown':
this.#n(this.#f + 1);return true;case 'ArrowUp':
this.#n(this.#f - 1);return true;case 'Enter':
case 'Tab':
this.#l(this.#e[this.#f]);return true;case 'Escape':
this.#k();return true;default:
if(key.startsWith('Arrow')||key==='Home'||key==='End')this.#k();return false;}}
#o(any){const{value,selectionStart,selectionEnd}=this.#b;const room=this.#a.rooms.current;if(!room||selectionStart !==selectionEnd)return [];this.#g=nameBefore(value,selectionStart,any);return this.#g?candidates(this.#g.prefix,room,this.#a.me):[];}
#j(){const names=this.#o(false);if(names.length===0)this.#k();else this.#p(names);}
#m(){const names=this.#o(true);if(names.length===0)return false;if(names.length===1)this.#l(names[0]);else this.#p(names);return true;}
#p(names){this.#e=names;this.#c.replaceChildren(...names.map((name,index)=>element('li',{role:'option',id:`name-${index}`,dataset:{name},},avatar(name),element('bdi',{className:'label'},name))));setHidden(this.#c,false);this.#n(0);setText(this.#d,words('names.found',{count:names.length}));}
#n(index){const count=this.#e.length;this.#f=(index + count)% count;[...this.#c.children].forEach((option,at)=>
option.setAttribute('aria-selected',String(at===this.#f)));const chosen=this.#c.children[this.#f];chosen.scrollIntoView({block:'nearest'});this.#b.setAttribute('aria-activedescendant',chosen.id);}
#k(){this.#e=[];setHidden(this.#c,true);this.#b.removeAttribute('aria-activedescendant');setText(this.#d,'');}
#l(name){const caret=this.#b.selectionStart;const blank=/^\s/u.test(this.#b.value.slice(caret))?'':' ';this.#b.setRangeText(`@${name}${blank}`,this.#g.start,caret,'end');this.#k();this.#b.dispatchEvent(new Event('input',{bubbles:true}));}}
return { CompletionView };
})();
const m48 = (() => {
const { byID, composes, setHidden, setText, touchKeyboard } = roostModules.m27;
const { listed, words } = roostModules.m5;
const counterFrom=0.8;const lengthOf=(text)=>(text.length > 200?[...text].length:text.length);const cleaned=(text)=>text.replace(/^(?:[^\S\n]*\n)+/u,'').trimEnd();function sends(event){if(event.key !=='Enter'||composes(event))return false;if(event.ctrlKey||event.metaKey)return true;return !event.shiftKey&&!event.altKey&&!touchKeyboard.matches;}
class ComposerView{#a;#b=byID('composer');#c=byID('message');#d=byID('send');#e=byID('counter');#f=byID('activity');#g=null;#h=null;constructor(chat){this.#a=chat;this.#b.addEventListener('submit',(event)=>{event.preventDefault();this.#i();});this.#c.addEventListener('keydown',(event)=>{if(!sends(event))return;event.preventDefault();this.#i();});this.#c.addEventListener('input',()=>{if(this.#h)this.#h.text=this.#c.value;else if(this.#g)chat.drafts.set(this.#g,this.#c.value);if(this.#c.value.trim()!=='')chat.typed();this.#j();});byID('skip').addEventListener('click',()=>this.focus());byID('keys').addEventListener('click',()=>byID('shortcuts').showModal());touchKeyboard.addEventListener('change',()=>this.#k());this.#k();}
#k(){this.#c.enterKeyHint=touchKeyboard.matches?'enter':'send';}
focus(){this.#c.focus({preventScroll:true});}
render(){const room=this.#a.rooms.current;const editing=room?.editing??null;if(room !==this.#g||editing !==this.#h){this.#g=room;this.#h=editing;this.#c.value=editing?.text??(room?this.#a.drafts.of(room):'');this.#j();}
setHidden(this.#b,!room);if(!room)return;const hint=words('message.to',{room:room.name});if(this.#c.placeholder !==hint)this.#c.placeholder=hint;this.#l(room);}
#l(room){const typing=room.typingNow();const{notice}=this.#a;let text='';if(room.state==='refused')text=room.problem;else if(typing.length===1)text=words('typing.one',{name:typing[0]});else if(typing.length > 1)text=words('typing.many',{names:listed(typing)});else if(notice?.room===room)text=notice.text;this.#f.classList.toggle('typing',typing.length > 0);this.#f.classList.toggle('refused',room.state==='refused');setText(this.#f.lastElementChild,text);}
#i(){const text=cleaned(this.#c.value);const length=lengthOf(text);if(this.#h&&length <=this.#a.textLimit){this.#h.finish(text);return;}
if(length===0||length > this.#a.textLimit||!this.#g){this.focus();return;}
this.#c.value='';this.#a.drafts.set(this.#g,'');this.#j();this.#a.say(text);this.focus();}
#j(){const length=lengthOf(cleaned(this.#c.value));const limit=this.#a.textLimit;const over=length - limit;const near=length >=limit * counterFrom;setHidden(this.#e,!near);this.#e.classList.toggle('over',over > 0);const key=over > 0?'message.over':'message.left';setText(this.#e,near?words(key,{count:Math.abs(over)}):'');this.#c.setAttribute('aria-invalid',String(over > 0));this.#d.disabled=(length===0&&!this.#h)||over > 0;this.#m();}
#m(){if(CSS.supports('field-sizing','content'))return;this.#c.style.height='auto';this.#c.style.height=`${this.#c.scrollHeight + 2}px`;}}
return { ComposerView };
})();
const m49 = (() => {
const { element, setText } = roostModules.m27;
const { tintOf } = m41;
const { fullTime, instant } = m42;
const { count, listed, words } = roostModules.m5;
const { sameName } = roostModules.m6;
const { entryAt } = m38;
const { textNodes } = m45;
const quotedLength=300;function firstLine(text){const first=textNodes(text.trimStart().slice(0,quotedLength))[0];return(first?.textContent??'').trim().split('\n')[0];}
function gist({user,text,deleted},me){const said=deleted?words('message.deleted'):firstLine(text);const called=sameName(user,me)?words('message.you'):user;const name=element('bdi',{className:'author',dataset:{tint:tintOf(user)}},called);const className=deleted?'label gone':'label';const line=element('span',{className,dir:'auto'},said);return [name,line];}
class Extras{#a;#b;#c;constructor(chat,quotes,log){this.#a=chat;this.#b=quotes;this.#c=new IntersectionObserver((all)=>{for(const{target,isIntersecting}of all){if(!isIntersecting)continue;this.#c.unobserve(target);quotes.want(target.room,Number(target.dataset.offset));}},{root:log,rootMargin:'200px'});}
decorate(row,item,room){const{entry,deleted}=item;const body=row.querySelector('.body');body.querySelector('.quote')?.remove();if(entry.reply !==undefined&&!deleted){body.querySelector('.line').before(this.#d(item,room));}
const reactions=Object.entries(item.reactions??{});const foot=body.querySelector('.foot');if(deleted||(!item.edited&&reactions.length===0)){foot?.remove();return;}
this.#e(foot??this.#f(body),item,reactions,room);}
#d(item,room){const offset=item.entry.reply;const message=this.#b.find(room,item);const quote=element('button',{type:'button',className:'quote',tabIndex:-1,dataset:{offset},room,});if(message){quote.append(...gist(message,this.#a.me));}else{const key=message===null?'link.gone':'reply.earlier';quote.append(element('span',{className:'label'},words(key)));quote.disabled=message===null;if(message===undefined)this.#c.observe(quote);}
const what=words('reply.label',{text:quote.textContent});const said=message?[...quote.children].map((node)=>node.textContent).join(': '):'';quote.setAttribute('aria-label',said?words('reply.label',{text:said}):what);return quote;}
#f(body){const foot=element('div',{className:'foot',attributes:{'aria-live':'off'},});body.append(foot);return foot;}
#e(foot,item,reactions,room){const old=new Map([...foot.querySelectorAll('.reaction')]
.map((button)=>[button.dataset.emoji,button]));const mark=foot.querySelector('.edited')??element('span',{className:'edited'});const made=item.edited?[this.#g(mark,item,room)]:[];for(const [emoji,names] of reactions){made.push(this.#h(old.get(emoji)??makeReaction(emoji),emoji,names));}
if(made.length===foot.children.length
&&made.every((node,at)=>node===foot.children[at]))return;const focused=document.activeElement;foot.replaceChildren(...made);if(made.includes(focused))focused.focus({preventScroll:true});}
#g(mark,{edited,changing},room){setText(mark,words(changing&&edited===Infinity?'message.saving':'message.edited'));const at=entryAt(room.entries,edited)?.at;mark.title=at?fullTime(instant(at)):'';return mark;}
#h(button,emoji,names){const{me}=this.#a;const isMine=names.some((name)=>sameName(name,me));const others=names.filter((name)=>!sameName(name,me));const shown=listed(isMine?[...others,words('message.you')]:others);button.setAttribute('aria-pressed',String(isMine));button.title=shown;button.setAttribute('aria-label',words('reaction.label',{emoji,names:shown}));setText(button.lastElementChild,count(names.length));return button;}}
function makeReaction(emoji){return element('button',{type:'button',className:'reaction',tabIndex:-1,dataset:{emoji},},element('span',{},emoji),' ',element('span',{className:'count'}));}
return { gist, Extras };
})();
const m50 = (() => {
const { words } = roostModules.m5;
const hasFiles=(transfer)=>[...(transfer?.types??[])].includes('Files');const isField=(node)=>node.closest?.('input, textarea');function refuseFiles(say){addEventListener('dragover',(event)=>{const{dataTransfer,target}=event;if(!hasFiles(dataTransfer)&&isField(target))return;event.preventDefault();dataTransfer.dropEffect=hasFiles(dataTransfer)?'copy':'none';});addEventListener('drop',(event)=>{const{dataTransfer,target}=event;if(!hasFiles(dataTransfer)&&isField(target))return;event.preventDefault();if(hasFiles(dataTransfer))say(words('files.none'));});addEventListener('paste',(event)=>{const{clipboardData}=event;if(!hasFiles(clipboardData)||clipboardData.getData('text/plain')!=='')return;event.preventDefault();say(words('files.none'));});}
return { refuseFiles };
})();
const m51 = (() => {
const { words } = roostModules.m5;
class LinkView{#a;#b;#c=null;#d='';constructor(chat,view){this.#a=chat;this.#b=view;}
render(){const place=this.#b.takePlace();if(place){this.#c=place;this.#d='';}
if(this.#c)this.#e(this.#c);}
#e({room:name,offset}){const room=this.#a.rooms.named(name);if(!room||room.state !=='joined'||room !==this.#a.rooms.current)return;const entry=room.entries.find((one)=>one.offset===offset&&!room.isPast(one));if(entry){this.#c=null;this.#b.showMessage(entry);}else if(this.#d===''&&offset >=1&&offset <=room.position){this.#d='asking';this.#a.history.around(room,offset).then(()=>{if(this.#d==='asking'){this.#d=room.state==='joined'?'answered':'';}
this.#b.schedule();});}else if(this.#d !=='asking'){this.#c=null;this.#b.say(words('link.gone'));}}}
return { LinkView };
})();
const m52 = (() => {
const frequent=['👍','❤️','😂','🎉','😮','😢','🙏','👀'];const pictorial=/^\p{Emoji_Presentation}/u;const selectable=/^\p{Extended_Pictographic}/u;const selector='\uFE0F';function oneEmoji(text){const trimmed=text.trim();const signs=[...new Intl.Segmenter().segment(trimmed)];if(signs.length !==1)return '';if(pictorial.test(trimmed)||/^\p{Emoji}.*\uFE0F/u.test(trimmed))return trimmed;return selectable.test(trimmed)&&trimmed.length < 3?trimmed + selector:'';}
return { frequent, oneEmoji };
})();
const m53 = (() => {
const { byID, element, icon, setText, touchKeyboard } = roostModules.m27;
const { frequent, oneEmoji } = m52;
const { listed, words } = roostModules.m5;
const { sameName } = roostModules.m6;
const margin=8;const narrow=matchMedia('(max-width: 46rem)');const icons={reply:'reply',edit:'edit',copy:'copy',link:'link',delete:'delete'};class MenuView{#a;#b;#c=null;#d=element('dialog',{id:'menu',className:'menu'});#e=element('div',{className:'emoji-row',attributes:{role:'group'}});#f;#g=element('input',{type:'text',id:'other-emoji',autocomplete:'off',enterKeyHint:'done',maxLength:64,attributes:{'aria-describedby':'other-problem'},});#h=element('p',{id:'other-problem',className:'problem',role:'alert'});#i=element('div',{className:'deeds'});#j=element('div',{className:'who'});constructor(chat,deeds){this.#b=chat;this.#a=deeds;this.#f=element('form',{noValidate:true},this.#g,this.#h);const inside=element('div',{},this.#e,this.#f,this.#i,this.#j);this.#d.append(inside);byID('chat').after(this.#d);this.#d.addEventListener('click',(event)=>this.#k(event));this.#d.addEventListener('keydown',(event)=>this.#l(event));this.#g.addEventListener('input',()=>this.#m());this.#f.addEventListener('submit',(event)=>{event.preventDefault();this.#m();if(this.#d.open)this.#n(words('react.one'));});}
open(item,near,onlyEmoji=false){const possible=this.#a.of(item);if(possible.length===0)return;this.#c=item;this.#o(possible,onlyEmoji);const asSheet=touchKeyboard.matches||narrow.matches;this.#d.classList.toggle('sheet',asSheet);this.#d.showModal();this.#p(asSheet?null:near);this.#d.querySelector('button:not([hidden])')?.focus();}
#o(possible,onlyEmoji){const{entry,reactions={}}=this.#c;const{me}=this.#b;const reacts=possible.includes('react');const mine=(emoji)=>(reactions[emoji]??[]).some((name)=>sameName(name,me));this.#d.setAttribute('aria-label',words('menu.label',{name:entry.user}));this.#e.hidden=this.#f.hidden=!reacts;this.#e.setAttribute('aria-label',words('message.react'));this.#e.replaceChildren(...frequent.map((emoji)=>element('button',{type:'button',dataset:{emoji},attributes:{'aria-pressed':String(mine(emoji))},},emoji)));this.#g.value='';this.#g.placeholder=words('react.other');this.#g.setAttribute('aria-label',words('react.other'));this.#n('');this.#i.hidden=onlyEmoji;this.#i.replaceChildren(...possible.filter((name)=>name in icons).map((name)=>
element('button',{type:'button',dataset:{deed:name}},icon(icons[name]),words(`message.${name}`))));this.#j.hidden=onlyEmoji;this.#j.replaceChildren(...Object.entries(reactions).map(([emoji,names])=>
element('p',{className:'hint'},`${emoji} `,element('bdi',{},listed(names)))));}
#p(near){const{style,offsetWidth,offsetHeight}=this.#d;style.top=style.left='';if(!near)return;const isRight=document.documentElement.dir==='rtl'?!this.#c.own:this.#c.own;const left=isRight?near.right - offsetWidth:near.left;const below=near.bottom + margin;const above=near.top - margin - offsetHeight;const top=below + offsetHeight + margin <=innerHeight?below:above;const within=(value,size,all)=>Math.max(margin,Math.min(value,all - size - margin));style.left=`${within(left,offsetWidth,innerWidth)}px`;style.top=`${within(top,offsetHeight,innerHeight)}px`;}
#k({target}){const{deed,emoji}=target.closest('button')?.dataset??{};const{entry}=this.#c;if(emoji)this.#q(emoji);if(deed){this.#d.close();this.#a.do(deed,entry);}
if(target===this.#d)this.#d.close();}
#q(emoji){this.#d.close();this.#a.react(this.#c.entry,emoji);}
#m(){const emoji=oneEmoji(this.#g.value);if(emoji)this.#q(emoji);else this.#n('');}
#n(words){setText(this.#h,words);this.#g.setAttribute('aria-invalid',String(words !==''));}
#l(event){const{key,target}=event;if(target===this.#g&&!['ArrowDown','ArrowUp'].includes(key))return;const isRTL=document.documentElement.dir==='rtl';const steps={ArrowDown:1,ArrowUp:-1,ArrowRight:isRTL?-1:1,ArrowLeft:isRTL?1:-1,};const step=steps[key];if(!step)return;event.preventDefault();const inRow=this.#e.contains(target);const along=key==='ArrowRight'||key==='ArrowLeft';const all=[...this.#d.querySelectorAll('button, input')]
.filter((node)=>node.checkVisibility()
&&(along?this.#e.contains(node):!inRow||!this.#e.contains(node)
||node===target));all[(all.indexOf(target)+ step + all.length)% all.length]?.focus();}}
return { MenuView };
})();
const m54 = (() => {
const { element } = roostModules.m27;
const chunkLength=64;function chunksOf(items){const chunks=[];let waiting=[];let last=null;for(const item of items){if(!item.entry){waiting.push(item);continue;}
const{epoch,offset}=item.entry;const number=Math.floor(offset / chunkLength);const isInside=last&&(offset===undefined
||(last.epoch===epoch&&last.number===number));if(!isInside){const key=offset===undefined?'unsent':`${epoch??''} ${number}`;last={key,epoch,number,items:[]};chunks.push(last);}
if(waiting.length > 0){last.items.push(...waiting);waiting=[];}
last.items.push(item);}
if(waiting.length===0)return chunks;if(last)last.items.push(...waiting);else chunks.push({key:'marks',items:waiting});return chunks;}
class Rows{#a;#b;#c;#d=new Map();#e=new Map();#f=new Set();constructor(list,make,update){this.#a=list;this.#b=make;this.#c=update;}
clear(){this.#a.replaceChildren();this.#d.clear();this.#e.clear();this.#f.clear();}
show(items){const before=this.#d;this.#d=new Map();const gone=new Set();for(const{key,items:inside}of chunksOf(items)){const name=this.#d.has(key)?`${key} ${this.#d.size}`:key;const{node,items:old}=before.get(name)??{node:makeChunk(),items:[]};before.delete(name);const isKnown=(item,index)=>item.entry&&item===old[index];const isNew=old.length !==inside.length||!inside.every(isKnown);if(isNew)for(const item of old)gone.add(item.key);this.#d.set(name,{node,items:inside,isNew});}
for(const{node,items:old}of before.values()){node.remove();for(const item of old)gone.add(item.key);}
this.#g(gone);this.#h();}
#g(gone){const chunks=[...this.#d.values()];const drawn=chunks.filter(({isNew})=>isNew);for(const{items}of drawn)for(const item of items)gone.delete(item.key);for(const key of gone){this.#e.get(key)?.remove();this.#e.delete(key);}
let place=this.#a.firstChild;for(const{node}of chunks){if(node===place)place=place.nextSibling;else this.#a.insertBefore(node,place);}
for(const{node,items}of drawn)this.#i(node,items);}
#i(node,items){let place=node.firstChild;for(const item of items){let row=this.#e.get(item.key);if(!row){row=this.#b(item);this.#e.set(item.key,row);}
this.#c(row,item);if(row===place){place=place.nextSibling;}else{node.insertBefore(row,place);this.#f.add(node);if(node.dataset.settled==='')delete node.dataset.settled;}}}
#h(){const last=this.#a.lastChild;const chunks=[...this.#f].filter((node)=>node !==last);if(chunks.length===0)return;for(const node of chunks)this.#f.delete(node);requestAnimationFrame(()=>requestAnimationFrame(()=>{for(const node of chunks)if(!this.#f.has(node))node.dataset.settled='';}));}
firstBelow(top){const chunk=firstEnding(this.#a.children,top,0);if(!chunk)return null;for(let node=chunk;node;node=node.nextSibling){let row=firstEnding(node.children,top,node.offsetTop);while(row&&!row.classList.contains('message'))row=row.nextSibling;if(row)return row;}
return null;}
rowOf(item){return this.#e.get(item?.key);}
topOf(row){return row.isConnected?row.parentNode.offsetTop + row.offsetTop:undefined;}
chunkTopOf(key){return this.#e.get(key)?.parentNode.offsetTop??0;}}
function firstEnding(nodes,top,start){let low=0;let high=nodes.length;while(low < high){const middle=(low + high)>> 1;const node=nodes[middle];if(start + node.offsetTop + node.offsetHeight > top)high=middle;else low=middle + 1;}
return nodes[low]??null;}
function makeChunk(){return element('div',{className:'chunk',attributes:{role:'none'}});}
return { Rows };
})();
const m55 = (() => {
const { asWished, isMessage } = roostModules.m9;
const { dayKey, dayName, instant } = m42;
const { words } = roostModules.m5;
const { keyOf, mentions } = roostModules.m6;
const groupLasts=5 * 60_000;function itemsOf(room,chat){const items=[];const me=keyOf(chat.me);const pending=room.atEnd?chat.outbox.of(room).map(entryOf(chat)):[];const last=lastMessage(room.entries);const sent=pending.length===0&&last?.author===me?last:null;const keys=new Set();const line={entry:null,me,wishes:room.wishes};const put=(entry,extra,edge)=>{const before=line.entry;if(entry.time===undefined){entry.date=instant(entry.at);entry.day=dayKey(entry.date);entry.time=Number(entry.date);entry.minute=Math.floor(entry.time / 60_000);}
const inside=marksBefore(entry,before,room,keys);const marks=edge.length > 0?edge.concat(inside):inside;const head=marks.length > 0||!continues(before,entry);if(before)items.push(itemOf(line,head));for(const mark of marks)items.push(mark);const own=entry.author===me||Boolean(extra);line.entry=entry;line.own=own;line.key=extra?.held?`held ${entry.id}`:keyFor(room,entry,own,keys);line.head=head;line.sameMinute=head||before.minute===entry.minute;line.lastOwn=entry===sent;line.past=room.isPast(entry);line.pending=extra?.pending;line.online=extra?.online;line.held=extra?.held;};const start=startOf(room);if(start&&room.past.length===0)items.push(start);let gap=[];for(const entry of room.past.entries){if(isMessage(entry)){put(entry,null,gap);gap=[];}
if(entry.end)gap=[gapAfter(entry)];}
if(start?.kind==='loading'&&room.past.length > 0)gap.push(start);for(const entry of room.entries){if(!isMessage(entry))continue;put(entry,null,gap);gap=[];}
for(const{entry,...extra}of pending){put(entry,extra,gap);gap=[];}
if(line.entry)items.push(itemOf(line,true));items.push(...gap);return items;}
function lastMessage(entries){let at=entries.length - 1;while(at >=0&&!isMessage(entries[at]))at -=1;return entries[at];}
function itemOf(line,tail){const{entry,own,key,head,sameMinute,lastOwn,past,pending,online,held}=line;const old=entry.item;const mentioned=!own&&(entry.mentioned??=mentions(entry.text,line.me));const shown=past||pending?entry:asWished(entry,line.wishes);const fits=old&&!pending&&old.own===own&&old.key===key&&old.head===head
&&old.tail===tail&&old.sameMinute===sameMinute&&old.lastOwn===lastOwn
&&old.past===past;if(fits)return old;entry.item={entry,own,key,head,tail,sameMinute,lastOwn,past,pending,online,held,mentioned,deleted:Boolean(shown.deleted),text:shown.text,edited:shown.edited,reactions:shown.reactions,changing:shown !==entry,};return entry.item;}
const entryOf=(chat)=>(pending)=>{const{text,at,id,name,fields}=pending;const held=chat.outbox.isHeld(pending)?chat.me:'';const online=chat.rooms.get(pending.room)?.state==='joined';const user=name??chat.me;const entry={user,author:keyOf(user),text,at,id,reply:fields?.reply};return{entry,pending,online,held};};function keyFor(room,entry,own,keys){if(own&&entry.id){const byID=`id ${entry.id}`;if(!keys.has(byID)){keys.add(byID);return byID;}}
return(entry.key??=`${entry.epoch??room.epoch} ${entry.offset}`);}
function startOf(room){if(room.epoch===null)return null;if(room.older==='loading'){return{kind:'loading',key:'start loading',text:words('mark.older')};}
if(room.older !=='none'&&room.entries.length > 0)return null;const none=room.entries.length===0;const whole=none?room.position <=0:room.first.offset <=1;let text='mark.begins';if(!whole)text='mark.notKept';else if(room.renewed)text='mark.renewed';else if(none)text='mark.first';const kind=whole?'start':'edge';return{kind,key:`start ${whole}`,text:words(text,{room:room.name})};}
function gapAfter(entry){const{epoch,offset,end}=entry;return{kind:'missed',key:`gap ${epoch} ${offset}`,text:words(`mark.${end}`)};}
const noMarks=[];function marksBefore(entry,before,room,keys){const isNewDay=!before||before.day !==entry.day;const isFresh=entry.offset===room.newFrom&&!room.isPast(entry);if(!isNewDay&&!isFresh)return noMarks;const marks=[];if(isNewDay){const day=`day ${entry.day}`;const key=keys.has(day)?`${day} ${entry.offset}`:day;keys.add(day);marks.push({kind:'day',key,text:dayName(entry.date)});}
if(isFresh)marks.push({kind:'fresh',key:'fresh',text:words('mark.new')});return marks;}
function continues(before,entry){if(!before||before.author !==entry.author)return false;return Math.abs(entry.time - before.time)< groupLasts;}
return { itemsOf };
})();
const m56 = (() => {
const { byID, element, icon, setHidden, setText } = roostModules.m27;
const { badge } = m42;
const { words } = roostModules.m5;
const { Rows } = m54;
const { itemsOf } = m55;
const { makeMessage, updateMessage } = m46;
const nearTop=400;const nearBottom=40;class MessagesView{#a;#b=byID('log');#c=byID('messages');#d;#e=byID('newest');#f=null;#g=null;#h=null;#i=null;#j='';constructor(chat,extras){this.#a=chat;const actions={retry:(pending)=>chat.outbox.retry(pending),discard:(pending)=>chat.outbox.discard(pending),decorate:(row,item)=>extras.decorate(row,item,this.#f),};this.#d=new Rows(this.#c,make,(row,item)=>{if(item.entry)updateMessage(row,item,actions);else setText(row.lastElementChild,item.text);});this.#b.addEventListener('scroll',()=>this.#k(),{passive:true});this.#e.addEventListener('click',()=>{chat.history.newest(this.#f);this.#l();});const sizes=new ResizeObserver(()=>this.#m());sizes.observe(this.#b);sizes.observe(this.#c);setInterval(()=>this.render(),60_000);}
render(){const room=this.#a.rooms.current;if(room !==this.#f)this.#n(room);if(!room)return;if(!room.following)this.#h??=this.#o();const items=itemsOf(room,this.#a);this.#p(items);this.#j=items.find((item)=>item.entry&&!item.past)?.key??'';this.#d.show(items);this.#c.classList.toggle('empty',this.#g===null);this.#m();if(room.following)this.#a.rooms.look();this.#q(room);this.#r(room);}
forget(){this.#n(null);}
#n(room){this.#f=room;this.#g=null;this.#h=null;const label=room?words('messages.in',{room:room.name}):words('messages');this.#b.setAttribute('aria-label',label);this.#d.clear();if(room)room.following=true;}
#p(items){const firstKey=items.find((item)=>item.entry)?.key??null;const quiet=firstKey !==this.#g;this.#g=firstKey;if(quiet){this.#b.setAttribute('aria-live','off');setTimeout(()=>this.#b.setAttribute('aria-live','polite'),250);}}
#k(){const room=this.#f;if(!room)return;const{scrollTop,scrollHeight,clientHeight}=this.#b;const atBottom=scrollHeight - scrollTop - clientHeight < nearBottom;this.#h=atBottom?null:this.#o();if(atBottom !==room.following){room.following=atBottom;this.#q(room);}
if(atBottom)this.#a.rooms.look();this.#r(room);}
#r(room){const{scrollTop,scrollHeight,clientHeight}=this.#b;if(this.#b.clientHeight===0)return;const present=room.past.length > 0?this.#d.chunkTopOf(this.#j):0;if(scrollTop < present + nearTop)this.#a.history.older(room);if(scrollHeight - scrollTop - clientHeight < nearTop)this.#a.history.newer(room);}
#m(){if(!this.#f)return;if(this.#f.following){this.#l();return;}
const top=this.#h?this.#d.topOf(this.#h.row):undefined;if(top===undefined){this.#h=this.#o();}else if(top !==this.#h.top){this.#b.scrollTop +=top - this.#h.top;this.#h.top=top;}}
show(entry){const row=this.#d.rowOf(entry.item);if(!row)return;this.#f.following=false;this.#i?.removeAttribute('data-found');this.#i=row;row.dataset.found='';row.tabIndex=-1;row.focus({preventScroll:true});this.#b.scrollTop=this.#d.topOf(row)- this.#b.clientHeight / 3;this.#h={row,top:this.#d.topOf(row)};}
#l(){this.#b.scrollTop=this.#b.scrollHeight;}
#o(){const row=this.#d.firstBelow(this.#b.scrollTop);return row?{row,top:this.#d.topOf(row)}:null;}
#q(room){const behind=!room.following||!room.atEnd;setHidden(this.#e,!behind||room.entries.length===0);this.#e.classList.toggle('fresh',room.unread > 0);const fresh=words('messages.new',{count:room.unread,shown:badge(room.unread)});setText(this.#e.lastElementChild,room.unread > 0?fresh:words('messages.newest'));}}
function make(item){if(item.entry)return makeMessage(item);const row=element('li',{className:`mark ${item.kind}`,role:'listitem'});if(item.kind==='start')row.append(icon('bird'));row.append(element('span',{},item.text));return row;}
return { MessagesView };
})();
const m57 = (() => {
const { byID, composes } = roostModules.m27;
const drawers=[];class Drawer{#a;#b;#c;constructor(panel,opener,query){this.#a=panel;this.#b=opener;this.#c=matchMedia(query);this.#c.addEventListener('change',()=>this.close());opener.addEventListener('click',()=>this.#d());panel.querySelector('.close').addEventListener('click',()=>this.close());document.addEventListener('keydown',(event)=>{if(event.key==='Escape'&&this.isOpen&&!composes(event))this.close();});document.addEventListener('pointerdown',(event)=>{if(this.isOpen&&!panel.contains(event.target))this.close();});drawers.push(this);this.close();}
get isOpen(){return this.#a.classList.contains('open');}
#d(){this.#a.classList.add('open');this.#a.inert=false;this.#e(true);this.#b.setAttribute('aria-expanded','true');this.#a.querySelector('.close').focus();}
close(){const{activeElement}=document;const hadFocus=this.#a.contains(activeElement)||activeElement===document.body;const wasOpen=this.isOpen;if(wasOpen)this.#e(false);this.#a.classList.remove('open');this.#a.inert=this.#c.matches;this.#b.setAttribute('aria-expanded','false');if(wasOpen&&hadFocus&&this.#c.matches)this.#b.focus();}
#e(held){for(const other of byID('chat').children)if(other !==this.#a)other.inert=held;for(const drawer of drawers)if(!held&&drawer !==this)drawer.close();}}
return { Drawer };
})();
const m58 = (() => {
const { ask } = m34;
const { byID, composes, element, icon, reconcile, setHidden, setText } = roostModules.m27;
const { Drawer } = m57;
const { badge } = m42;
const { words } = roostModules.m5;
const { compareNames, sameName } = roostModules.m6;
const { listLimit } = roostModules.m7;
const { avatar } = m46;
class PanelsView{#a;#b=byID('rooms');#c=byID('members');#d=byID('join');#e=byID('join-name');#f=byID('join-problem');note='';#g='';#h='';#i=[new Drawer(byID('rooms-panel'),byID('open-rooms'),'(max-width: 46rem)'),new Drawer(byID('members-panel'),byID('open-members'),'(max-width: 68rem)'),];constructor(chat,entered){this.#a=chat;this.#d.addEventListener('submit',async(event)=>{event.preventDefault();const name=this.#e.value.trim();if(name==='')return;await chat.join(name);this.#g=chat.rooms.problem;if(chat.rooms.problem){this.#e.focus();return;}
this.#e.value='';this.#j(entered);});this.#b.addEventListener('click',(event)=>{const button=event.target.closest('button');if(!button)return;chat.rooms.select(chat.rooms.get(button.dataset.key));this.#j(entered);});this.#e.addEventListener('keydown',(event)=>{if(event.key==='Enter'&&composes(event))event.preventDefault();});byID('note-close').addEventListener('click',()=>{chat.rooms.problem=this.note='';this.render();});byID('leave').addEventListener('click',()=>this.#k());byID('sign-out').addEventListener('click',()=>this.signOut());addEventListener('keydown',(event)=>{if(composes(event)||document.querySelector('dialog[open]'))return;if(event.altKey&&event.key==='ArrowDown')this.#l(event,1);if(event.altKey&&event.key==='ArrowUp')this.#l(event,-1);});}
#j(entered){this.#i[0].close();entered();}
async #k(){const room=this.#a.rooms.current;const count=room?this.#a.outbox.unsent(room).length:0;const loss=words('loss.leave',{count,room:room?.name});if(!room)return;if(count > 0&&!(await this.#m(loss,words('loss.andLeave'))))return;this.#a.leave(room);}
async signOut(everywhere=false){const count=this.#a.outbox.unsent().length;const loss=words('loss.signOut',{count});if(count > 0&&!(await this.#m(loss,words('loss.andSignOut'))))return;this.#a.signOut(everywhere);}
#m(loss,agree){return ask(loss,{agree,refuse:words('loss.stay')});}
#l(event,by){const{list,current}=this.#a.rooms;const at=list.indexOf(current);if(list.length < 2||at < 0)return;event.preventDefault();this.#a.rooms.select(list[(at + by + list.length)% list.length]);}
render(){const{rooms,me}=this.#a;const{current,problem}=rooms;reconcile(this.#b,rooms.list,(room)=>room.key,makeRoom,(row,room)=>updateRoom(row,room,room===current));this.#n(problem);if(me !==this.#h){this.#h=me;setLabel(byID('me'),me);byID('my-avatar').replaceChildren(avatar(me));}
const{account}=this.#a;setText(byID('open-account'),words(account?'account.own':'account.keep'));byID('sign-out').disabled=this.#a.signingOut;this.#o(current);this.#p(current);this.#q(current);}
#n(problem){const isVisible=this.#e.checkVisibility?.({visibilityProperty:true})??true;const isBeside=problem !==''&&problem===this.#g&&isVisible;setText(this.#f,isBeside?problem:'');this.#e.setAttribute('aria-invalid',String(isBeside));const above=(isBeside?'':problem)||this.note;setHidden(byID('note'),above==='');setText(byID('note-words'),above);}
#p(current){const others=this.#a.rooms.list.filter((room)=>room !==current&&room.unread > 0);const unread=others.reduce((sum,room)=>sum + room.unread,0);const mark=byID('elsewhere');setText(mark,unread > 0?badge(unread):'');setHidden(mark,unread===0);mark.classList.toggle('mentioned',others.some((room)=>room.mentioned));const label=unread > 0?words('rooms.unread',{count:unread}):words('rooms');const opener=byID('open-rooms');if(opener.ariaLabel !==label)opener.setAttribute('aria-label',label);}
#o(room){setLabel(byID('room-name'),room?.name??words('rooms.none'));setHidden(byID('leave'),!room);setHidden(byID('open-members'),!room);setHidden(byID('no-room'),Boolean(room));const count=room?.count??0;setText(byID('member-count'),words(count > 0?'people.count':'people',{count}));}
#q(room){this.#a.people.look(room);const names=room?.members?[...room.members.values()].sort(compareNames):[];const{me}=this.#a;const typing=new Set(room?.typingNow());reconcile(this.#c,names,(name)=>name,makeMember,(row,name)=>{row.classList.toggle('typing',typing.has(name));setText(row.querySelector('.you'),sameName(name,me)?` ${words('people.you')}`:'');});const crowd=room?.state==='joined'&&!room.members&&room.count > listLimit;setText(byID('crowd'),crowd?words('people.crowd',{count:room.count}):'');}}
function setLabel(node,name){setText(node,name);if(node.title !==name)node.title=name;}
function makeRoom(room){const name=element('bdi',{className:'label'});const badge=element('span',{className:'badge',hidden:true});const button=element('button',{type:'button'},icon('hash'),name,badge);button.dataset.key=room.key;return element('li',{},button);}
function updateRoom(row,room,current){const button=row.firstElementChild;const [,name,mark]=button.children;setLabel(name,room.name);setText(mark,badge(room.unread));setHidden(mark,room.unread===0);const label=words('room.unread',{count:room.unread});if(mark.getAttribute('aria-label')!==label)mark.setAttribute('aria-label',label);mark.setAttribute('role','img');button.classList.toggle('unread',room.unread > 0);mark.classList.toggle('mentioned',room.mentioned);button.classList.toggle('away',room.state !=='joined');if(current)button.setAttribute('aria-current','true');else button.removeAttribute('aria-current');}
function makeMember(name){const label=element('bdi',{className:'label',title:name},name);const you=element('span',{className:'you'});return element('li',{},avatar(name),label,you);}
return { PanelsView };
})();
const m59 = (() => {
const { byID, element, setText } = roostModules.m27;
const { choose, languages, onLanguage, words } = roostModules.m5;
const { canNotify, sound } = m37;
const { chosenLanguage, noticeSettings, setNoticeSettings } = roostModules.m1;
class SettingsView{#a=byID('settings');#b=byID('language');#c=byID('notify');#d=byID('sound');#e=byID('notify-problem');#f;constructor(chat){this.#f=chat;byID('open-settings').addEventListener('click',()=>this.#g());this.#b.addEventListener('change',()=>choose(this.#b.value));this.#c.addEventListener('change',()=>this.#h());this.#d.addEventListener('change',()=>{this.#i();if(this.#d.checked)sound();});onLanguage(()=>this.#j());}
#g(){this.#j();const wanted=noticeSettings();this.#c.checked=wanted.notify&&canNotify()
&&Notification.permission==='granted';this.#c.disabled=!canNotify();this.#d.checked=wanted.sound;setText(this.#e,'');this.#a.showModal();}
#j(){const all=Object.entries(languages).map(([tag,name])=>
element('option',{value:tag,lang:tag},name));const browser=element('option',{value:''},words('settings.browser'));this.#b.replaceChildren(browser,...all);this.#b.value=chosenLanguage();}
#i(){setNoticeSettings({notify:this.#c.checked,sound:this.#d.checked});}
async #h(){setText(this.#e,'');if(this.#c.checked){const isGranted=await Notification.requestPermission()==='granted';this.#c.checked=isGranted;if(!isGranted)setText(this.#e,words('settings.refused'));}
this.#i();}
render(){if(this.#f.phase !=='in'&&this.#a.open)this.#a.close();}}
return { SettingsView };
})();
const m60 = (() => {
const { byID, setHidden, setText } = roostModules.m27;
const { badge } = m42;
const { words } = roostModules.m5;
const { wordsForState } = roostModules.m24;
class StatusView{#a;#b=byID('bar');#c=byID('bar-words');#d=byID('countdown');#e=byID('retry');#f=byID('state');#g=byID('spoken');#h=byID('sent');#i=0;#j=0;#k=false;constructor(chat){this.#a=chat;this.#e.addEventListener('click',()=>chat.connection.retryNow());}
render(){const{connection,phase,rooms}=this.#a;const{current,unread}=rooms;const{state}=connection;const sentence=wordsForState(state,navigator.onLine);const up=state.phase==='open';const down=phase==='in'&&(!up||Boolean(state.doubt));setText(this.#f.lastElementChild,shortWords(state));this.#f.dataset.phase=state.doubt?'doubt':state.phase;setHidden(this.#b,!down);setText(this.#c,sentence);this.#b.classList.toggle('stopped',state.phase==='stopped');setHidden(this.#e,!(state.phase==='waiting'||state.again));setText(this.#e,words(state.phase==='stopped'?'bar.connect':'bar.retry'));this.#l(state);this.#m(phase==='in',up,state,sentence);this.#n();const place=current&&phase==='in'?`${current.name} · Roost`:'Roost';const title=phase==='in'&&unread > 0?`(${badge(unread)}) ${place}`:place;if(document.title !==title)document.title=title;}
#l(state){const seconds=Math.ceil((state.retryAt - Date.now())/ 1000);const waiting=state.phase==='waiting';const soon=words('bar.countdown',{count:Math.max(1,seconds||1)});setText(this.#d,waiting&&seconds > 0?soon:'');clearTimeout(this.#j);if(waiting)this.#j=setTimeout(()=>this.#l(state),250);}
#n(){const{news}=this.#a;if(news.number===this.#i)return;this.#i=news.number;setText(this.#h,news.number % 2?news.words:`${news.words}\u00a0`);}
#m(inside,up,state,sentence){if(!inside){this.#k=false;}else if(up&&this.#k){this.#k=false;setText(this.#g,words('spoken.back'));}else if(!up&&!this.#k){this.#k=true;const lost=words('spoken.lost',{problem:sentence});setText(this.#g,state.phase==='stopped'?sentence:lost);}else if(state.phase==='stopped'){setText(this.#g,sentence);}}}
function shortWords(state){switch(state.phase){case 'open':
return words(state.doubt?'state.doubt':'state.open');case 'connecting':
return words('state.connecting');case 'waiting':
return words(navigator.onLine?'state.waiting':'state.offline');default:
return words('state.stopped');}}
return { StatusView };
})();
const m61 = (() => {
const { byID, element, icon, setHidden, touchKeyboard } = roostModules.m27;
const { words } = roostModules.m5;
const gap=8;const buttons={react:'react',reply:'reply',edit:'edit',more:'more'};const opens=(event)=>event.key==='Enter'||event.key==='ContextMenu'
||(event.key==='F10'&&event.shiftKey);class ToolbarView{#a;#b;#c;#d=byID('log');#e=byID('messages');#f=element('div',{className:'toolbar',hidden:true,attributes:{role:'toolbar','aria-live':'off'},});#g=null;#h=null;constructor(chat,view,deeds,menu){this.#a=view;this.#b=deeds;this.#c=menu;this.#f.append(...Object.entries(buttons).map(([name,image])=>element('button',{type:'button',className:'icon-button',tabIndex:-1,dataset:{deed:name},},icon(image))));this.#d.append(this.#f);this.#d.addEventListener('pointerover',(event)=>{if(event.pointerType !=='touch')this.#i(event.target);});this.#d.addEventListener('pointerleave',()=>this.#j(this.#k()));this.#d.addEventListener('focusin',({target})=>this.#l(rowOf(target)));this.#d.addEventListener('focusout',({relatedTarget})=>{const isLeft=!this.#d.contains(relatedTarget)&&!this.#d.matches(':hover');if(isLeft)this.#j(null);});this.#d.addEventListener('keydown',(event)=>{if(this.#m(event))event.preventDefault();});this.#d.addEventListener('click',(event)=>this.#n(event,chat));}
render(){if(this.#h&&!this.#h.isConnected)this.#o(null);this.#j(this.#g?.isConnected?this.#g:null);}
#k(){const{activeElement}=document;return this.#e.contains(activeElement)?rowOf(activeElement):null;}
#i(target){if(this.#f.contains(target))return;this.#j(rowOf(target)??this.#k());}
#j(row){const possible=row?this.#b.of(row.item):[];this.#g=possible.length > 0?row:null;setHidden(this.#f,!this.#g);if(!this.#g)return;this.#f.setAttribute('aria-label',words('menu.label',{name:row.item.entry.user}));for(const button of this.#f.children){const{deed}=button.dataset;button.hidden=deed !=='more'&&!possible.includes(deed);button.title=words(`message.${deed==='more'?'actions':deed}`);button.setAttribute('aria-label',button.title);}
this.#p(row);}
#p(row){const log=this.#d.getBoundingClientRect();const list=this.#e.getBoundingClientRect();const line=row.querySelector('.line').getBoundingClientRect();const{offsetWidth:width,offsetHeight:height,style}=this.#f;const isLeft=row.item.own !==(document.documentElement.dir==='rtl');const beside=isLeft?line.left - gap - width:line.right + gap;const left=Math.max(list.left + gap,Math.min(beside,list.right - width - gap));const top=left===beside?Math.min(line.top,line.bottom - height)
:line.top - height * 0.8;style.left=`${left - log.left}px`;style.top=`${Math.max(0,top - log.top + this.#d.scrollTop)}px`;}
#n(event,chat){const{target,pointerType}=event;const button=target.closest('button');if(this.#f.contains(target)){if(button)this.#q(button);return;}
const row=rowOf(target);if(!row)return;if(button?.dataset.emoji){this.#b.react(row.item.entry,button.dataset.emoji);}else if(button?.dataset.offset){this.#a.jumpTo(chat.rooms.current,Number(button.dataset.offset));}else if((pointerType==='touch'||touchKeyboard.matches)&&target.closest('.bubble')
&&!target.closest('a, button')&&getSelection().isCollapsed){this.#c.open(row.item,null);}}
#q(button){const{item}=this.#g;const{deed}=button.dataset;const near=this.#f.getBoundingClientRect();if(deed==='react'||deed==='more')this.#c.open(item,near,deed==='react');else this.#b.do(deed,item.entry);}
#m(event){const{key,target,altKey,ctrlKey,metaKey}=event;if(altKey||ctrlKey||metaKey||this.#f.contains(target))return false;const row=rowOf(target);if(!row)return target===this.#d&&this.#r(key);if(target===row&&opens(event)){this.#c.open(row.item,row.querySelector('.line').getBoundingClientRect());return true;}
if(key==='Escape'){if(target===row)this.#a.startWriting();else row.focus();return true;}
if(key==='ArrowRight'||key==='ArrowLeft')return this.#s(row,target,key);const rows={ArrowUp:before(row),ArrowDown:after(row)};if(key==='Home')rows.Home=this.#e.querySelector('.message');if(key==='End')rows.End=[...this.#e.querySelectorAll('.message')].pop();if(!(key in rows))return false;if(rows[key])this.#t(rows[key]);else if(key==='ArrowUp')this.#d.scrollTop=0;return true;}
#r(key){if(key !=='ArrowUp'&&key !=='ArrowDown')return false;const{top,bottom}=this.#d.getBoundingClientRect();const isInView=(row)=>{const place=row.getBoundingClientRect();return place.top < bottom&&place.bottom > top;};const chunks=[...this.#e.children].filter(isInView);const rows=chunks.flatMap((chunk)=>[...chunk.querySelectorAll('.message')])
.filter(isInView);const row=key==='ArrowUp'?rows.pop():rows[0];if(row)this.#t(row);return Boolean(row);}
#s(row,target,key){const inside=[row,...row.querySelectorAll('a, button:not([disabled])')];const isForward=(key==='ArrowRight')!==(document.documentElement.dir==='rtl');const next=inside[inside.indexOf(target)+(isForward?1:-1)];next?.focus();return true;}
#t(row){this.#o(row);row.focus({preventScroll:true});row.scrollIntoView({block:'nearest'});}
#l(row){if(!row)return;this.#o(row);this.#j(row);}
#o(row){if(row !==this.#h)this.#h?.removeAttribute('tabindex');this.#h=row;if(row)row.tabIndex=0;this.#d.tabIndex=row?-1:0;}}
const rowOf=(node)=>node.closest?.('.message')??null;const before=(row)=>neighbour(row,'previousElementSibling','lastElementChild');const after=(row)=>neighbour(row,'nextElementSibling','firstElementChild');function neighbour(row,next,first){let at=row;do at=at[next]??at.parentNode[next]?.[first]??null;while(at&&!at.classList.contains('message'));return at;}
return { ToolbarView };
})();
const m62 = (() => {
const { byID, composes, element, icon, setHidden, setText } = roostModules.m27;
const { words } = roostModules.m5;
const { gist } = m49;
class WritingView{#a;#b;#c=byID('message');#d;#e=element('span',{className:'what'});#f=element('span',{className:'gist'});#g=element('button',{type:'button',className:'icon-button'},icon('close'));#h=null;constructor(chat,deeds){this.#a=chat;this.#b=deeds;this.#d=element('div',{id:'writing',className:'writing',hidden:true},this.#e,this.#f,this.#g);this.#c.parentNode.before(this.#d);this.#c.setAttribute('aria-describedby','writing counter');this.#g.addEventListener('click',()=>deeds.stop());this.#c.addEventListener('keydown',(event)=>this.#i(event));}
#i(event){const{key,altKey,ctrlKey,metaKey,shiftKey}=event;if(composes(event)||altKey||ctrlKey||metaKey||shiftKey)return;const room=this.#a.rooms.current;if(key==='Escape'&&(room?.editing||room?.answered)){event.stopPropagation();this.#b.stop();}else if(key==='ArrowUp'&&this.#c.value===''&&!room?.editing){if(this.#b.editLast())event.preventDefault();}}
render(){const room=this.#a.rooms.current;const message=room?.editing?.entry??room?.answered??null;setHidden(this.#d,!message);if(!message){this.#h=null;return;}
this.#g.setAttribute('aria-label',words(room.editing?'edit.stop':'reply.stop'));setText(this.#e,words(room.editing?'edit.now':'reply.now'));const shown=[message.offset,message.text,message.deleted,!room.editing].join(' ');if(shown===this.#h)return;this.#h=shown;const [author,line]=gist(message,this.#a.me);this.#f.replaceChildren(...(room.editing?[line]:[author,line]));}}
return { WritingView };
})();
(() => {
const { Changes } = m33;
const { Deeds } = m35;
const { byID } = roostModules.m27;
const { makeInstallable } = m36;
const { Notices } = m37;
const { started } = roostModules.m28;
const { Quotes } = m38;
const { AccountView } = m39;
const { CompletionView } = m47;
const { ComposerView } = m48;
const { Extras } = m49;
const { refuseFiles } = m50;
const { LinkView } = m51;
const { MenuView } = m53;
const { MessagesView } = m56;
const { PanelsView } = m58;
const { SettingsView } = m59;
const { StatusView } = m60;
const { ToolbarView } = m61;
const { WritingView } = m62;
function complete({chat,view}){const composer=new ComposerView(chat);const panels=new PanelsView(chat,()=>view.focusComposer());const changed=()=>view.schedule();const quotes=new Quotes(changed);const messages=new MessagesView(chat,new Extras(chat,quotes,byID('log')));const changes=new Changes(chat,{changed,refused:(sentence,wish)=>{view.say(sentence);deeds.undone(wish);},});const deeds=new Deeds(chat,view,changes);const toolbar=new ToolbarView(chat,view,deeds,new MenuView(chat,deeds));view.complete({composer,panels,messages},[panels,composer,messages,new StatusView(chat),new AccountView(chat,panels),new SettingsView(chat),new CompletionView(chat),new Notices(chat),new LinkView(chat,view),changes,quotes,toolbar,new WritingView(chat,deeds),]);refuseFiles((sentence)=>view.say(sentence));makeInstallable();}
complete(started);
})();
})();
