/* Instead of libFuzzer: runs the inputs of the files named, and says how many there were. */
#include "fuzzing.h"

int main(int argc, char **argv) {
    int count = 0;
    LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        uint8_t *bytes = malloc(1 << 20);
        size_t size;
        if (file == NULL || bytes == NULL) return 2;
        size = fread(bytes, 1, 1 << 20, file);
        fclose(file);
        /* Of just that size. */
        bytes = realloc(bytes, size > 0 ? size : 1);
        fprintf(stderr, "%s\n", argv[i]);
        LLVMFuzzerTestOneInput(bytes, size);
        free(bytes);
        count++;
    }
    printf("%d\n", count);
    return 0;
}
