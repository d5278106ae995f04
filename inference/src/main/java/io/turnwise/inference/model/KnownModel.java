package io.turnwise.inference.model;

import java.net.URI;
import java.util.Optional;

/**
 * What the manifest says of a model, whether or not its file is there.
 *
 * @param name what it is asked for by
 * @param file its file's name, without a folder
 * @param address where the very file can be downloaded, https; empty where it cannot
 * @param sha256 the file's digest, 64 lower-case hexadecimal digits; empty where it is not known
 * @param digestChecked whether this project computed the digest from the file, or quotes it
 * @param bytes the file's size; 0 where it is not known
 * @param ships whether the file is part of the installation
 * @param licence SPDX identifier of the weights' licence
 * @param source where the file or its weights come from
 * @param kind what it takes: {@code features}, {@code features-and-weights} or {@code waveform}; or
 *     {@link #SPEECH_DETECTOR}
 * @param dimension length of its embeddings; 0 where it gives none
 */
public record KnownModel(
    String name,
    String file,
    Optional<URI> address,
    String sha256,
    boolean digestChecked,
    long bytes,
    boolean ships,
    String licence,
    String source,
    String kind,
    int dimension) {
  /** The kind of a network that detects speech and gives no embeddings. */
  public static final String SPEECH_DETECTOR = "vad";

  /** Whether it detects speech and gives no embeddings. */
  public boolean detectsSpeech() {
    return kind.equals(SPEECH_DETECTOR);
  }
}
