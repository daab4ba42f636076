// Which emoji one may react with, and which are offered.

export const frequent = ['👍', '❤️', '😂', '🎉', '😮', '😢', '🙏', '👀'];

const pictorial = /^\p{Emoji_Presentation}/u;
const selectable = /^\p{Extended_Pictographic}/u;
const selector = '\uFE0F';

// The one emoji of which a text consists, as the server takes it, or ''. A sign that would be shown
// as a text otherwise gets the selector that makes it an emoji.
export function oneEmoji(text) {
    const trimmed = text.trim();
    const signs = [...new Intl.Segmenter().segment(trimmed)];
    if (signs.length !== 1) return '';
    if (pictorial.test(trimmed) || /^\p{Emoji}.*\uFE0F/u.test(trimmed)) return trimmed;
    return selectable.test(trimmed) && trimmed.length < 3 ? trimmed + selector : '';
}
