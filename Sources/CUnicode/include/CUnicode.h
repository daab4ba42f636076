// What the chat must know of Unicode's characters to check and compare names: look-ups in one
// table, for all of which one version of Unicode holds. scripts/unicode-tables makes the table.
#ifndef CUNICODE_H
#define CUNICODE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    /// The most characters that one character comes to, in any of the mappings.
    CUNICODE_LONGEST = 18,
};

/// What a character may be in a name.
enum cunicode_kind : uint8_t {
    /// It may not be there: of another general category than L, M and N, default-ignorable, of a
    /// script of history, or not assigned in this version.
    CUNICODE_OTHER,
    CUNICODE_LETTER_OR_NUMBER,
    CUNICODE_SPACING_MARK,
    /// A mark above, below or around the letter before it.
    CUNICODE_MARK,
};

/// One character. Size 16.
struct cunicode_character {
    /// The scripts it is used in, a bit for each; all bits if it is of no script alone.
    uint64_t scripts;
    enum cunicode_kind kind;
    /// Canonical_Combining_Class.
    uint8_t combining_class;
    /// Bits: 1 an invisible stacker, 2 an Arabic letter that joins the next one.
    uint8_t flags;
    /// Its own script, for `cunicode_script_name`.
    uint8_t script;
    uint32_t unused;
};

/// The version as 0xMMmmuu: major, minor, update.
uint32_t cunicode_version(void);

/// The bit of the Latin script.
uint64_t cunicode_latin(void);

/// The scripts that Latin letters may stand beside (UTS #39 5.2, "moderately restrictive").
uint64_t cunicode_mixed_with_latin(void);

const char *_Nonnull cunicode_script_name(uint8_t script);

struct cunicode_character cunicode_look_up(uint32_t scalar);

/// Each of these writes what a character comes to and returns how many characters that is; the
/// character itself if it has no mapping.
///
/// The full canonical decomposition. Beyond characters that a name may have it knows none.
int cunicode_decompose(uint32_t scalar, uint32_t out[_Nonnull CUNICODE_LONGEST]);

/// NFKC_Casefold of a character without a canonical decomposition, in decomposed form.
int cunicode_fold(uint32_t scalar, uint32_t out[_Nonnull CUNICODE_LONGEST]);

/// The ASCII letter or digit with marks, or the mark, that the character looks like; 0 if there is
/// none. `is_alone` says whether it is taken for that one in every name: otherwise only in a name
/// of which every letter looks like ASCII.
int cunicode_look(uint32_t scalar, uint32_t out[_Nonnull CUNICODE_LONGEST],
                  bool *_Nonnull is_alone);

#endif
