/* Files of the key folder: who may read them, what stands in them, how they come to be. */
#ifndef AVOW_STORE_KEY_FILE_H
#define AVOW_STORE_KEY_FILE_H

#include "runtime/store/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECRET_BYTES 32
#define FINGERPRINT_BYTES 16

/* Bytes of a key file with room to spare, and of the names in the folder. */
#define KEY_FILE_ROOM 256
#define KEY_NAME_ROOM 32

/* An open folder, and its name for messages. */
struct key_folder {
    int fd;
    const char *path;
};

/* Opens the folder without judging it. */
avow_store_code key_folder_open(const char *path, struct key_folder *folder,
                                avow_store_error *error);

/* AVOW_STORE_KEYS unless the folder is the running user's (or root's) and nobody else's. */
avow_store_code key_folder_check(const struct key_folder *folder, avow_store_error *error);

void key_folder_close(struct key_folder *folder);

/* Makes the folder if there is none, so that it outlives a power cut, and opens it. */
avow_store_code key_folder_make(const char *path, struct key_folder *folder,
                                avow_store_error *error);

/* Makes what was created or removed in the folder outlive a power cut. */
avow_store_code key_folder_sync(const struct key_folder *folder, avow_store_error *error);

/* Reads a whole file that only the running user (or root) can read, of less than room bytes, and
 * ends it with a NUL. *length is 0 and the result AVOW_STORE_OK if there is no such file. */
avow_store_code key_file_read(const struct key_folder *folder, const char *name, char *text,
                              size_t room, size_t *length, avow_store_error *error);

/* Creates a file of mode 0600, whole or not at all, and never over another one: then
 * AVOW_STORE_BUSY. On return it is on disk. */
avow_store_code key_file_create(const struct key_folder *folder, const char *name, const char *text,
                                size_t length, avow_store_error *error);

/* Names of a key: what its first line says, and its file. Epoch 0 is the signing key. */
void key_file_name(uint32_t epoch, char name[KEY_NAME_ROOM]);

/* The epoch in the name of an identity key's file; 0 if it is another file. */
uint32_t key_file_epoch(const char *name);

/* The text of a key file: a line that says what it is, with the key's fingerprint, and 64
 * hexadecimal digits. Gives its length. */
size_t key_file_write_text(uint32_t epoch, const uint8_t key[SECRET_BYTES],
                           char text[KEY_FILE_ROOM]);

/* Reads the key file of an epoch. A file that is not there is AVOW_STORE_KEYS. */
avow_store_code key_file_load(const struct key_folder *folder, uint32_t epoch,
                              uint8_t key[SECRET_BYTES], avow_store_error *error);

/* A keyed hash of a fixed text: tells keys apart and says nothing about them. */
void key_fingerprint(const uint8_t key[SECRET_BYTES], uint8_t fingerprint[FINGERPRINT_BYTES]);

#endif
