// The chat as people see it who have logged in: the second script, which comes while somebody still
// writes a name.

import { makeInstallable } from './install.js';
import { Notices } from './notices.js';
import { started } from './parts.js';
import { AccountView } from './view-account.js';
import { CompletionView } from './view-completion.js';
import { ComposerView } from './view-composer.js';
import { refuseFiles } from './view-files.js';
import { LinkView } from './view-link.js';
import { MessagesView } from './view-messages.js';
import { PanelsView } from './view-panels.js';
import { SettingsView } from './view-settings.js';
import { StatusView } from './view-status.js';

function complete({ chat, view }) {
    const composer = new ComposerView(chat);
    const panels = new PanelsView(chat, () => view.focusComposer());
    const messages = new MessagesView(chat);
    view.complete({ composer, panels, messages }, [
        panels, composer, messages, new StatusView(chat), new AccountView(chat, panels),
        new SettingsView(chat), new CompletionView(chat), new Notices(chat),
        new LinkView(chat, view),
    ]);
    refuseFiles((sentence) => view.say(sentence));
    makeInstallable();
}

complete(started);
