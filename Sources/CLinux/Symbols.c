// The functions of a program by their symbols, found as elf(5) says. Everything that is read is
// checked against the file's size.
#define _GNU_SOURCE
#include "CLinux.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    const char *bytes;
    size_t size;
} File;

// The part of the file, or NULL if it is not all there.
static const void *part(File file, size_t offset, size_t size) {
    return offset <= file.size && size <= file.size - offset ? file.bytes + offset : NULL;
}

static void each_symbol(File file, const ElfW(Shdr) *table, const ElfW(Shdr) *names,
    const char *prefix, void (*found)(void *, const char *), void *context) {
    const ElfW(Sym) *symbols = part(file, table->sh_offset, table->sh_size);
    const char *text = part(file, names->sh_offset, names->sh_size);
    // The last byte of a string table is a zero, so that every name in it ends there.
    if (!symbols || !text || names->sh_size == 0 || text[names->sh_size - 1] != 0) return;
    size_t length = strlen(prefix);
    for (size_t index = 0; index < table->sh_size / sizeof *symbols; index++) {
        if ((symbols[index].st_info & 0xf) != STT_FUNC) continue;
        if (symbols[index].st_name >= names->sh_size) continue;
        const char *symbol = text + symbols[index].st_name;
        if (strncmp(symbol, prefix, length) == 0) found(context, symbol);
    }
}

int clinux_each_function(const char *path, const char *prefix,
    void (*found)(void *context, const char *symbol), void *context) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    struct stat status;
    File file = {MAP_FAILED, 0};
    if (fstat(descriptor, &status) == 0 && status.st_size > 0) {
        file.size = (size_t)status.st_size;
        file.bytes = mmap(NULL, file.size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    }
    int error = errno;
    close(descriptor);
    if (file.bytes == MAP_FAILED) {
        errno = error;
        return -1;
    }
    const ElfW(Ehdr) *head = part(file, 0, sizeof *head);
    const ElfW(Shdr) *sections = NULL;
    if (head && memcmp(head->e_ident, ELFMAG, SELFMAG) == 0)
        sections = part(file, head->e_shoff, head->e_shnum * sizeof *sections);
    for (size_t index = 0; sections && index < head->e_shnum; index++) {
        if (sections[index].sh_type != SHT_SYMTAB || sections[index].sh_link >= head->e_shnum)
            continue;
        each_symbol(
            file, &sections[index], &sections[sections[index].sh_link], prefix, found, context);
    }
    munmap((void *)file.bytes, file.size);
    return 0;
}

const char *clinux_file_of(const void *address) {
    Dl_info info;
    return dladdr(address, &info) ? info.dli_fname : NULL;
}
