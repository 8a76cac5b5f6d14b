#include "support/domain_fixture.hpp"

int main(int argc, char** argv) {
    return landfall::testing::run_domain_tests(argc, argv);
}
