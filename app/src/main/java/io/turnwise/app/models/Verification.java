package io.turnwise.app.models;

import io.turnwise.app.CommandFailed;
import io.turnwise.inference.model.Cosine;
import io.turnwise.inference.model.EmbeddingFailed;
import io.turnwise.inference.model.KnownModel;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.model.UnusableModel;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a check of one model found.
 *
 * @param name the model's name, or what was asked for
 * @param path its file; empty where there is none
 * @param sha256 the file's digest; empty where there is none
 * @param kind what it takes; empty where that could not be found out
 * @param dimension length of its embeddings; 0 where it gives none
 * @param listed whether a manifest's digest vouches for the file
 * @param problem what is wrong; empty where nothing is
 */
record Verification(
    String name,
    Optional<Path> path,
    String sha256,
    String kind,
    int dimension,
    boolean listed,
    Optional<String> problem) {
  private static final int SAMPLES = 24_000;
  private static final int RATE = 16_000;

  /** Cosine between two embeddings of one sound, at least. */
  private static final double SAME = 0.9999;

  /**
   * Checks digest and contract of a model, opens it, and has it embed two sounds of 1.5 s: all
   * values must be finite, one sound must give one embedding, and two sounds two.
   */
  static Verification of(ModelCatalog catalog, String nameOrPath) {
    Optional<KnownModel> known =
        catalog.known().stream().filter(model -> model.name().equals(nameOrPath)).findFirst();
    Optional<Path> path =
        known.isPresent() ? catalog.locate(known.get()) : file(catalog, nameOrPath);
    String digest = "";
    try {
      if (path.isPresent()) {
        digest = Digest.of(path.get());
      }
      Optional<KnownModel> detector = detector(catalog, known, path, digest);
      if (detector.isPresent() && path.isPresent()) {
        checkDetector(detector.get(), path.get(), digest);
        return new Verification(
            detector.get().name(), path, digest, detector.get().kind(), 0, true, Optional.empty());
      }
      Model model = catalog.find(nameOrPath);
      probe(model);
      return new Verification(
          model.name(),
          path,
          model.fingerprint(),
          model.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
          model.dimension(),
          catalog.known().stream().anyMatch(entry -> entry.sha256().equals(model.fingerprint())),
          Optional.empty());
    } catch (UnusableModel | EmbeddingFailed | CommandFailed | IllegalStateException e) {
      return new Verification(
          known.map(KnownModel::name).orElse(nameOrPath),
          path,
          digest,
          known.map(KnownModel::kind).orElse(""),
          known.map(KnownModel::dimension).orElse(0),
          known.map(model -> !model.sha256().isEmpty()).orElse(false),
          Optional.of(String.valueOf(e.getMessage())));
    }
  }

  /** The file that is meant by a path, or by a name that no manifest has. */
  private static Optional<Path> file(ModelCatalog catalog, String text) {
    return Stream.concat(
            Stream.of(Path.of(text)),
            catalog.folders().stream().map(folder -> folder.resolve(text + ".onnx")))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** The speech detector that is meant, if one is: by its name, its digest or its file's name. */
  private static Optional<KnownModel> detector(
      ModelCatalog catalog, Optional<KnownModel> known, Optional<Path> path, String digest) {
    if (known.isPresent()) {
      return known.filter(KnownModel::detectsSpeech);
    }
    return catalog.known().stream()
        .filter(KnownModel::detectsSpeech)
        .filter(
            model ->
                model.sha256().equals(digest)
                    || path.filter(file -> file.endsWith(model.file())).isPresent())
        .findFirst();
  }

  private static void checkDetector(KnownModel known, Path path, String digest) {
    if (!known.sha256().equals(digest)) {
      throw new UnusableModel(
          "The file "
              + path
              + " has sha256 "
              + digest
              + ", but the manifest says "
              + (known.sha256().isEmpty() ? "nothing" : known.sha256())
              + " for "
              + known.name()
              + "; fetch it again.");
    }
    try (SpeechGate.Factory gate = SpeechGates.named("silero:" + path)) {
      gate.start().decide(buzz(120), SAMPLES);
    }
  }

  private static void probe(Model model) {
    boolean[] speech = new boolean[SAMPLES / SpeechGate.FRAME];
    Arrays.fill(speech, true);
    try (SpeakerEmbedder embedder = SpeakerEmbedder.open(model, SAMPLES)) {
      float[] first = embedder.embed(buzz(120), speech);
      float[] again = embedder.embed(buzz(120), speech);
      float[] other = embedder.embed(buzz(210), speech);
      if (!(Cosine.of(first, again) >= SAME)) {
        throw new EmbeddingFailed(
            "The model "
                + model.name()
                + " gives other embeddings each time it hears one sound; fetch it again.");
      }
      if (Arrays.equals(first, other)) {
        throw new EmbeddingFailed(
            "The model "
                + model.name()
                + " gives the same embedding whatever it hears; fetch it again.");
      }
    }
  }

  /** A buzz that fills every band, over a fixed noise. */
  private static float[] buzz(int hertz) {
    float[] sound = new float[SAMPLES];
    int noise = hertz;
    for (int i = 0; i < SAMPLES; i++) {
      noise = noise * 1_664_525 + 1_013_904_223;
      float saw = 2 * ((float) ((long) i * hertz % RATE) / RATE) - 1;
      sound[i] = 0.2f * saw + 0.01f * (noise >> 16) / 32768;
    }
    return sound;
  }
}
