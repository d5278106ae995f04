package io.turnwise.app.run;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What the speakers are tracked from. */
enum Input {
  /** The audio of the calls: the whole topology. */
  AUDIO,
  /** Published embeddings: the tracker alone. */
  EMBEDDINGS;

  /** Reads {@code audio} or {@code embeddings}. */
  static final class Converter implements ITypeConverter<Input> {
    @Override
    public Input convert(String text) {
      return switch (text) {
        case "audio" -> AUDIO;
        case "embeddings" -> EMBEDDINGS;
        default ->
            throw new TypeConversionException("'" + text + "' is neither audio nor embeddings");
      };
    }
  }
}
