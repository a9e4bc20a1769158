package io.pgmahout.agent;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dependencies go one way, and the core does no I/O, reads no clock and starts no thread. */
class ArchitectureTest {
    private static final String AGENT = "io.pgmahout.agent";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.pgmahout.agent", "io.pgmahout.config", "io.pgmahout.protocol");

    /** Parts that meet in the agent's own package alone; all of them may use what observes. */
    private static final List<String> ADAPTERS =
            List.of("cluster", "gossip", "postgres", "routing", "rollout", "admin", "observe");

    @Test
    void thereIsSomethingToLookAt() {
        for (String name : List.of("agent.ha", "agent.model", "agent.cluster", "config", "protocol")) {
            assertThat(CLASSES.stream().filter(resideInAPackage("io.pgmahout." + name)))
                    .as(name)
                    .isNotEmpty();
        }
    }

    @Test
    void theCoreDependsOnValuesAlone() {
        classes()
                .that()
                .resideInAnyPackage(AGENT + ".ha..", AGENT + ".model..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        AGENT + ".ha..",
                        AGENT + ".model..",
                        "java.lang",
                        "java.lang.annotation",
                        "java.lang.invoke",
                        "java.lang.runtime",
                        "java.util",
                        "java.util.function",
                        "java.util.stream",
                        "org.jspecify.annotations")
                .check(CLASSES);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                System.class,
                Thread.class,
                ThreadLocal.class,
                Runtime.class,
                ProcessBuilder.class,
                ProcessHandle.class,
                Math.class,
                java.util.Random.class,
                java.util.UUID.class,
                java.util.Timer.class,
                java.util.Date.class,
                java.util.Calendar.class,
                java.util.Scanner.class,
                java.util.Properties.class,
            })
    void theCoreReadsNoClockAndNoChance(Class<?> forbidden) {
        var rule = noClasses().that().resideInAnyPackage(AGENT + ".ha..", AGENT + ".model..");
        if (forbidden == Math.class) {
            rule.should().callMethod(Math.class, "random").check(CLASSES);
        } else {
            rule.should().dependOnClassesThat().areAssignableTo(forbidden).check(CLASSES);
        }
    }

    @Test
    void theModelDoesNotKnowTheRules() {
        noClasses()
                .that()
                .resideInAPackage(AGENT + ".model..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(AGENT + ".ha..")
                .check(CLASSES);
    }

    @Test
    void configAndProtocolKnowNothingOfOurs() {
        noClasses()
                .that()
                .resideInAPackage("io.pgmahout.config..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(AGENT + "..", "io.pgmahout.protocol..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("io.pgmahout.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(AGENT + "..", "io.pgmahout.config..")
                .check(CLASSES);
    }

    @Test
    void adaptersDoNotKnowEachOther() {
        for (String adapter : ADAPTERS) {
            String[] others = ADAPTERS.stream()
                    .filter(other -> !other.equals(adapter) && !other.equals("observe"))
                    .map(other -> AGENT + "." + other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(AGENT + "." + adapter + "..")
                    .should()
                    .dependOnClassesThat(resideInAPackage(AGENT)
                            .or(resideInAPackage(AGENT + ".cli.."))
                            .or(com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(others)))
                    .check(CLASSES);
        }
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching(AGENT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    /** It is large, and loaded whole: an agent does without. Netty's contexts load it where it is on the class path. */
    @Test
    void bouncyCastleMakesCertificatesAndNothingElse() {
        noClasses()
                .that()
                .haveNameNotMatching("io\\.pgmahout\\.protocol\\.(Certificates|AuthorityKey)")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle..")
                .orShould()
                .dependOnClassesThat()
                .haveNameMatching("io\\.netty\\.handler\\.ssl\\.SslContext.*")
                .check(CLASSES);
    }

    /** Its models refuse fields that they do not know: a newer server would stop the renewal of the lease. */
    @Test
    void theClientOfKubernetesIsTransportAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        AGENT + ".kubernetes..", AGENT + ".cluster..", AGENT + ".routing..", AGENT + ".rollout..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.kubernetes..", "okhttp3..", "okio..", "kotlin..")
                .check(CLASSES);
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(AGENT + ".kubernetes.KubeconfigAccess")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.kubernetes..")
                .check(CLASSES);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.kubernetes.client.openapi.models..", "io.kubernetes.client.openapi.apis..")
                .check(CLASSES);
    }

    @Test
    void nothingDependsOnTests() {
        noClasses()
                .that(alwaysTrue())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.pgmahout.tests..", "org.junit..", "org.assertj..", "org.awaitility..", "com.tngtech..")
                .check(CLASSES);
    }

    @Test
    void nothingSleeps() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(CLASSES);
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", java.time.Duration.class)
                .check(CLASSES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Impl", "Util", "Utils", "Manager", "Helper"})
    void classesAndFieldsAreNounsOfTheDomain(String suffix) {
        noClasses().should().haveSimpleNameEndingWith(suffix).check(CLASSES);
        fields().should().haveNameNotMatching("(?i).*" + suffix).check(CLASSES);
    }
}
