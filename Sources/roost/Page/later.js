// The parts of the page that only people need who have logged in.

import { makeInstallable } from './install.js';
import { Notices } from './notices.js';
import { started } from './parts.js';
import { AccountView } from './view-account.js';
import { CompletionView } from './view-completion.js';
import { refuseFiles } from './view-files.js';
import { LinkView } from './view-link.js';
import { SettingsView } from './view-settings.js';

const { chat, view } = started;

view.add(new AccountView(chat, () => view.signOut(true)));
view.add(new SettingsView(chat));
view.add(new CompletionView(chat));
view.add(new Notices(chat));
view.add(new LinkView(chat, view));
refuseFiles((sentence) => view.say(sentence));
makeInstallable();
