(function () {
'use strict';
const m46 = (() => {
const { byID } = roostModules.m26;
function makeInstallable(){byID('manifest').rel='manifest';navigator.serviceWorker?.register('service-worker.js').catch(()=>{});}
return { makeInstallable };
})();
const m47 = (() => {
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
const m48 = (() => {
const { byID, setHidden, setText } = roostModules.m26;
const { words } = roostModules.m5;
const shortest=8;class AccountView{#a;#b=byID('account');#c=byID('account-form');#d=byID('new-password');#e=byID('account-problem');#f=byID('account-save');#g=byID('sign-out-everywhere');#h=byID('open-account');constructor(chat,signOut){this.#a=chat;this.#h.addEventListener('click',()=>this.#i());byID('account-cancel').addEventListener('click',()=>this.#b.close());byID('show-password').addEventListener('change',({target})=>{this.#d.type=target.checked?'text':'password';});this.#c.addEventListener('submit',(event)=>{event.preventDefault();this.#j();});this.#g.addEventListener('click',()=>{this.#b.close();signOut();});this.#b.addEventListener('close',()=>this.#k());}
#i(){byID('account-name').value=this.#a.me;this.#k();this.#b.showModal();this.#d.focus();}
#k(){this.#d.value='';this.#d.type='password';byID('show-password').checked=false;this.#l('');}
#l(sentence){setText(this.#e,sentence);this.#d.setAttribute('aria-invalid',String(sentence !==''));}
async #j(){const password=this.#d.value;if(new TextEncoder().encode(password).length < shortest){this.#l(words('account.short'));this.#d.focus();return;}
this.#l('');this.#f.disabled=true;const problem=await this.#a.keepName(password);this.#f.disabled=false;if(!this.#b.open)return;this.#l(problem);if(problem==='')this.#b.close();else this.#d.focus();}
render(){const{account,phase}=this.#a;if(phase !=='in'&&this.#b.open)this.#b.close();setText(byID('account-title'),words(account?'account.yours':'account.make'));setText(byID('account-words'),words(account?'account.change':'account.why'));setText(this.#f,words(account?'account.set':'account.keep'));setHidden(this.#g,!account);}}
return { AccountView };
})();
const m49 = (() => {
const { compareNames, keyOf, sameName } = roostModules.m6;
const most=8;const begun=/(?:^|[^\p{L}\p{M}\p{N}_])(@[\p{L}\p{M}\p{N}_.-]{0,64})$/u;const anyWord=/(?:^|[^\p{L}\p{M}\p{N}_@.-])([\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_.-]{0,63})$/u;function nameBefore(text,caret,any=false){const before=text.slice(Math.max(0,caret - 80),caret);const found=begun.exec(before)??(any?anyWord.exec(before):null);if(!found)return null;return{start:caret - found[1].length,prefix:found[1].replace('@','')};}
function candidates(prefix,room,me){const key=keyOf(prefix);const spoke=new Map();for(const{author,user}of room.entries.slice(-200)){spoke.delete(author);spoke.set(author,user);}
const rank=new Map([...spoke.keys()].reverse().map((author,index)=>[author,index]));const rankOf=(name)=>rank.get(keyOf(name))??rank.size;const names=room.members?[...room.members.values()]:[...spoke.values()];return names.filter((name)=>keyOf(name).startsWith(key)&&!sameName(name,me))
.sort((one,other)=>rankOf(one)- rankOf(other)||compareNames(one,other))
.slice(0,most);}
return { nameBefore, candidates };
})();
const m50 = (() => {
const { candidates, nameBefore } = m49;
const { byID, composes, element, setHidden, setText } = roostModules.m26;
const { words } = roostModules.m5;
const { avatar } = roostModules.m38;
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
const m51 = (() => {
const { words } = roostModules.m5;
const hasFiles=(transfer)=>[...(transfer?.types??[])].includes('Files');const isField=(node)=>node.closest?.('input, textarea');function refuseFiles(say){addEventListener('dragover',(event)=>{const{dataTransfer,target}=event;if(!hasFiles(dataTransfer)&&isField(target))return;event.preventDefault();dataTransfer.dropEffect=hasFiles(dataTransfer)?'copy':'none';});addEventListener('drop',(event)=>{const{dataTransfer,target}=event;if(!hasFiles(dataTransfer)&&isField(target))return;event.preventDefault();if(hasFiles(dataTransfer))say(words('files.none'));});addEventListener('paste',(event)=>{const{clipboardData}=event;if(!hasFiles(clipboardData)||clipboardData.getData('text/plain')!=='')return;event.preventDefault();say(words('files.none'));});}
return { refuseFiles };
})();
const m52 = (() => {
const { words } = roostModules.m5;
class LinkView{#a;#b;#c=null;#d='';constructor(chat,view){this.#a=chat;this.#b=view;}
render(){const place=this.#b.takePlace();if(place){this.#c=place;this.#d='';}
if(this.#c)this.#e(this.#c);}
#e({room:name,offset}){const room=this.#a.rooms.named(name);if(!room||room.state !=='joined'||room !==this.#a.rooms.current)return;const entry=room.entries.find((one)=>one.offset===offset&&!room.isPast(one));if(entry){this.#c=null;this.#b.showMessage(entry);}else if(this.#d===''&&offset >=1&&offset <=room.position){this.#d='asking';this.#a.history.around(room,offset).then(()=>{if(this.#d==='asking'){this.#d=room.state==='joined'?'answered':'';}
this.#b.schedule();});}else if(this.#d !=='asking'){this.#c=null;this.#b.say(words('link.gone'));}}}
return { LinkView };
})();
const m53 = (() => {
const { byID, element, setText } = roostModules.m26;
const { choose, languages, onLanguage, words } = roostModules.m5;
const { canNotify, sound } = m47;
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
(() => {
const { makeInstallable } = m46;
const { Notices } = m47;
const { started } = roostModules.m28;
const { AccountView } = m48;
const { CompletionView } = m50;
const { refuseFiles } = m51;
const { LinkView } = m52;
const { SettingsView } = m53;
const{chat,view}=started;view.add(new AccountView(chat,()=>view.signOut(true)));view.add(new SettingsView(chat));view.add(new CompletionView(chat));view.add(new Notices(chat));view.add(new LinkView(chat,view));refuseFiles((sentence)=>view.say(sentence));makeInstallable();
})();
})();
