# One image with the collector and the controller:
#   docker build --network host -t eunomia .
#   docker run --rm -it --privileged --pid=host --cgroupns=host -v /sys:/sys -v /run:/run:ro eunomia
# Both are built on the distribution they run on; of the SDK's image only the SDK is taken.
ARG BASE=debian:12-slim
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0

FROM ${SDK} AS sdk

FROM ${BASE} AS tools
COPY --from=sdk /usr/share/dotnet /usr/share/dotnet
COPY tests/deps.sh /tmp/deps.sh
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet && /tmp/deps.sh -y run && rm -rf /var/lib/apt/lists/*
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source

# The kernel's types are those of the machine that builds. One without BTF gives a file from its tree: --build-arg VMLINUX_H=PATH
FROM tools AS native
ARG VMLINUX_H=
COPY . .
RUN make collector VMLINUX_H="${VMLINUX_H}"

FROM tools AS controller
COPY . .
RUN make controller

FROM ${BASE} AS runtime
COPY --from=native /source/dist/eunomia-collector /usr/bin/
COPY --from=controller /source/dist/eunomiactl /usr/bin/
ENTRYPOINT ["eunomiactl"]
CMD ["run", "process"]
