package io.turnwise.serdes;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.DeadLetterReason;
import io.turnwise.avro.DecisionKind;
import io.turnwise.avro.Encoding;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.avro.SpeechSpan;
import java.util.Set;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * The classes Avro may make when it reads a record. A schema comes from whoever may write to the
 * registry, and without this list it could name any class on the class path.
 */
final class TrustedClasses {
  static final Set<Class<?>> ALL =
      Set.of(
          AudioChunk.class,
          ChangeType.class,
          DeadLetter.class,
          DeadLetterReason.class,
          DecisionKind.class,
          Encoding.class,
          EnrolledVoice.class,
          Role.class,
          SpeakerChange.class,
          SpeakerEmbedding.class,
          SpeechSpan.class);

  static {
    // Avro keeps one list for the whole JVM: add to what the host application trusts already.
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(ClassSecurityValidator.getGlobal(), ALL::contains));
  }

  private TrustedClasses() {}

  /** Makes Avro trust the classes; the JVM does it once, whichever thread comes first. */
  static void install() {
    // The work is the class's initialisation.
  }
}
