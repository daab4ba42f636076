// The chat as people see it who have logged in: the second script, which comes while somebody still
// writes a name.

import { Changes } from './changes.js';
import { Deeds } from './deeds.js';
import { byID } from './dom.js';
import { makeInstallable } from './install.js';
import { translate } from './language.js';
import { Notices } from './notices.js';
import { started } from './parts.js';
import { Quotes } from './quotes.js';
import { AccountView } from './view-account.js';
import { CompletionView } from './view-completion.js';
import { ComposerView } from './view-composer.js';
import { Extras } from './view-extras.js';
import { refuseFiles } from './view-files.js';
import { InvitationsView } from './view-invitations.js';
import { LinkView } from './view-link.js';
import { MenuView } from './view-menu.js';
import { MessagesView } from './view-messages.js';
import { ModerationView } from './view-moderation.js';
import { PanelsView } from './view-panels.js';
import { RoomView } from './view-room.js';
import { RoomsView } from './view-rooms.js';
import { SanctionsView } from './view-sanctions.js';
import { SearchView } from './view-search.js';
import { SeenView } from './view-seen.js';
import { SettingsView } from './view-settings.js';
import { StatusView } from './view-status.js';
import { ToolbarView } from './view-toolbar.js';
import { VerdictView } from './view-verdict.js';
import { WritingView } from './view-writing.js';

function complete({ chat, view }) {
    const composer = new ComposerView(chat);
    const changed = () => view.schedule();
    const quotes = new Quotes(changed);
    const messages = new MessagesView(chat, new Extras(chat, quotes, byID('log')));
    const changes = new Changes(chat, {
        changed,
        refused: (sentence, wish) => {
            view.say(sentence);
            deeds.undone(wish);
        },
    });
    const panels = new PanelsView(chat, changes, () => view.focusComposer());
    const deeds = new Deeds(chat, view, changes);
    const menu = new MenuView(chat, deeds);
    const toolbar = new ToolbarView(chat, view, deeds, menu);
    deeds.moderation = new ModerationView(chat, menu);
    view.complete({ composer, panels, messages }, [
        panels, composer, messages, new StatusView(chat), new AccountView(chat, panels),
        new SettingsView(chat), new CompletionView(chat), new Notices(chat),
        new LinkView(chat, view), changes, quotes, toolbar, new WritingView(chat, deeds),
        new RoomsView(chat, panels), new RoomView(chat, panels), new SeenView(chat),
        new InvitationsView(chat, panels), new SearchView(chat, panels),
        deeds.moderation, new SanctionsView(chat), new VerdictView(chat, view, panels),
    ]);
    translate(document); // what these parts have added to it
    // They are not kept anywhere but here.
    addEventListener('beforeunload', (event) => {
        if (changes.waiting().length > 0) event.preventDefault();
    });
    refuseFiles((sentence) => view.say(sentence));
    makeInstallable();
}

complete(started);
