package io.turnwise.inference.model;

/**
 * A model file that was found, read and verified.
 *
 * @param name its name in the manifest, or the file's name without extension where it has no entry
 * @param fingerprint SHA-256 of the file, 64 lower-case hexadecimal digits
 * @param kind what it takes
 * @param bins mel bins it takes; 0 for a waveform
 * @param dimension length of its embeddings
 * @param threshold cosine at which two 1.5 s segments of unknown channel are as likely of one voice
 *     as of two
 * @param bytes the verified file
 */
public record Model(
    String name,
    String fingerprint,
    InputKind kind,
    int bins,
    int dimension,
    float threshold,
    byte[] bytes) {}
