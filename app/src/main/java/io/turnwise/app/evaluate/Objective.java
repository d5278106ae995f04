package io.turnwise.app.evaluate;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What is to be small. */
enum Objective {
  /** The diarization error rate. */
  DER,
  /** Its part of speech that was given to the wrong speaker. */
  CONFUSION;

  double of(DiarizationError error) {
    return switch (this) {
      case DER -> error.rate();
      case CONFUSION -> error.fraction(error.confusion());
    };
  }

  /** The word for it on the command line. */
  @Override
  public String toString() {
    return this == DER ? "der" : "confusion";
  }

  /** Reads that word. */
  static final class Converter implements ITypeConverter<Objective> {
    @Override
    public Objective convert(String text) {
      for (Objective objective : values()) {
        if (objective.toString().equals(text)) {
          return objective;
        }
      }
      throw new TypeConversionException("'" + text + "' is neither der nor confusion");
    }
  }
}
