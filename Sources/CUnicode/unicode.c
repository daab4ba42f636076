// Looks characters up in the table. It is little-endian, as every machine with Swift on Linux is,
// and consists of a header, of 16 bytes for each class of characters, and of these arrays:
//
//     uint32_t starts[]           code point << 11 | class: where each range begins, in order
//     uint32_t decomposed[], folded[], looks[]       code point << 5 | length, in order
//     uint32_t units[]            the sequences that characters are mapped to
//     uint16_t decomposed[], folded[], looks[]       where in `units` each sequence begins
//     char names[]                the scripts' names, each with a zero at its end
#include "CUnicode.h"

#include <stddef.h>
#include <string.h>

struct header {
    uint32_t magic, version;
    uint32_t starts, classes, decomposed, folded, looks, units;
    uint64_t mixed_with_latin, latin;
};

alignas(8) static const unsigned char table[] = {
#embed "names.bin"
};

static_assert(sizeof(struct cunicode_character) == 16);
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

static const struct header *header(void) { return (const struct header *)table; }

static const struct cunicode_character *classes(void) {
    return (const struct cunicode_character *)(table + sizeof(struct header));
}

static const uint32_t *starts(void) {
    return (const uint32_t *)(classes() + header()->classes);
}

struct mapping {
    const uint32_t *keys;
    const uint16_t *places;
    uint32_t count;
};

static const uint32_t *units(void) {
    const struct header *h = header();
    return starts() + h->starts + h->decomposed + h->folded + h->looks;
}

static struct mapping decomposed(void) {
    const struct header *h = header();
    return (struct mapping){starts() + h->starts, (const uint16_t *)(units() + h->units),
                            h->decomposed};
}

static struct mapping folded(void) {
    struct mapping before = decomposed();
    return (struct mapping){before.keys + before.count, before.places + before.count,
                            header()->folded};
}

static struct mapping looks(void) {
    struct mapping before = folded();
    return (struct mapping){before.keys + before.count, before.places + before.count,
                            header()->looks};
}

/// The last index whose key is at most `key`; -1 if there is none.
static ptrdiff_t search(const uint32_t *keys, uint32_t count, uint32_t key) {
    ptrdiff_t low = 0, high = count;
    while (low < high) {
        ptrdiff_t middle = (low + high) / 2;
        if (keys[middle] <= key)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
}

/// Writes what a character is mapped to and returns its length; -1 if there is no mapping.
static int map(struct mapping mapping, uint32_t scalar, uint32_t *out, bool *marked) {
    ptrdiff_t index = search(mapping.keys, mapping.count, scalar << 5 | 31);
    if (index < 0 || mapping.keys[index] >> 5 != scalar) return -1;
    int length = (int)(mapping.keys[index] & 31);
    memcpy(out, units() + (mapping.places[index] & 0x7FFF), (size_t)length * sizeof *out);
    *marked = mapping.places[index] >> 15;
    return length;
}

uint32_t cunicode_version(void) { return header()->version; }

uint64_t cunicode_latin(void) { return header()->latin; }

uint64_t cunicode_mixed_with_latin(void) { return header()->mixed_with_latin; }

const char *cunicode_script_name(uint8_t script) {
    struct mapping last = looks();
    const char *name = (const char *)(last.places + last.count);
    for (; script > 0; script--) name += strlen(name) + 1;
    return name;
}

struct cunicode_character cunicode_look_up(uint32_t scalar) {
    ptrdiff_t index = search(starts(), header()->starts, scalar << 11 | 2047);
    return classes()[index < 0 ? 0 : starts()[index] & 2047];
}

int cunicode_decompose(uint32_t scalar, uint32_t out[CUNICODE_LONGEST]) {
    bool marked;
    uint32_t syllable = scalar - 0xAC00;
    if (syllable < 11172) {
        // The Unicode Standard, 3.12: Hangul syllables are decomposed by arithmetic.
        out[0] = 0x1100 + syllable / 588;
        out[1] = 0x1161 + syllable % 588 / 28;
        out[2] = 0x11A7 + syllable % 28;
        return syllable % 28 == 0 ? 2 : 3;
    }
    int length = map(decomposed(), scalar, out, &marked);
    if (length < 0) {
        out[0] = scalar;
        length = 1;
    }
    return length;
}

int cunicode_fold(uint32_t scalar, uint32_t out[CUNICODE_LONGEST]) {
    bool marked;
    int length = map(folded(), scalar, out, &marked);
    if (length < 0) {
        out[0] = scalar;
        length = 1;
    }
    return length;
}

int cunicode_look(uint32_t scalar, uint32_t out[CUNICODE_LONGEST], bool *is_alone) {
    int length = map(looks(), scalar, out, is_alone);
    return length < 0 ? 0 : length;
}
