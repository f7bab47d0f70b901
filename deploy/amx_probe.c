/* Whether code that configures AMX tiles survives this compiler and this machine: exits 0 when it
   does, dies of a signal when not, exits 1 where there are no tiles. GCC up to 12 takes
   _tile_loadconfig to read 8 of its 64 bytes, drops the stores to the others, and llama.cpp crashes.
   deploy/llama_flags.sh compiles and runs it. */
#if defined(__AMX_TILE__) && defined(__linux__)
#include <immintrin.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct tiles {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
};

static void __attribute__((noinline)) configure(int rows) {
    struct tiles wanted = {0};
    wanted.palette = 1;
    for (int n = 0; n < 8; n++) {
        wanted.rows[n] = rows;
        wanted.row_bytes[n] = 64;
    }
    _tile_loadconfig(&wanted);
}

int main(void) {
    volatile char soiled[4096];
    memset((char *)soiled, 0xff, sizeof soiled);
    if (syscall(SYS_arch_prctl, 0x1023 /* ARCH_REQ_XCOMP_PERM */, 18 /* tile data */)) return 1;
    configure(16);
    _tile_release();
    return 0;
}
#else
int main(void) { return 1; }
#endif
