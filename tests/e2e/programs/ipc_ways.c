// SPDX-License-Identifier: Apache-2.0
/*
 * Moves bytes and messages through everything that processes talk through, and says how many: a
 * line "LABEL PID sent|received BYTES MESSAGES" per process and direction, as it counted them
 * itself. ipc_ways DIRECTORY [LABEL]...     default: all; DIRECTORY: where it may make sockets and
 * fifos
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS	 4
#define ROUNDS	 250
#define CHILDREN 3

struct account {
	const char *label;
	unsigned long bytes[2], messages[2]; /* sent, received */
};

static const char *directory;

static void must(long result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	_exit(1);
}

static void note(struct account *a, int received, long bytes)
{
	__atomic_fetch_add(&a->bytes[received], (unsigned long)bytes, __ATOMIC_RELAXED);
	__atomic_fetch_add(&a->messages[received], 1, __ATOMIC_RELAXED);
}

/* In one write each, so that lines of several processes stay whole. */
static void tell(const struct account *a)
{
	static const char *const words[] = {"sent", "received"};
	char line[128];

	for (int i = 0; i < 2; i++) {
		if (a->messages[i] == 0)
			continue;
		int len = snprintf(line, sizeof(line), "%s %d %s %lu %lu\n", a->label, getpid(),
				   words[i], a->bytes[i], a->messages[i]);
		must(write(STDOUT_FILENO, line, (size_t)len), "write");
	}
}

/* Runs fn in a child, which tells what it did. */
static pid_t child(struct account *a, void (*fn)(struct account *, const int *), const int *fds)
{
	pid_t pid = fork();

	must(pid, "fork");
	if (pid == 0) {
		struct account own = {.label = a->label};

		fn(&own, fds);
		tell(&own);
		_exit(0);
	}
	return pid;
}

static void await_all(void)
{
	while (wait(NULL) > 0)
		;
}

static void read_all(struct account *a, int fd)
{
	char buffer[4096];
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		note(a, 1, n);
}

struct writer {
	struct account *account;
	int fd;
};

static void *write_rounds(void *data)
{
	const struct writer *w = data;
	char buffer[300] = {0};

	for (int i = 0; i < ROUNDS; i++) {
		ssize_t n = write(w->fd, buffer, (size_t)(1 + i));

		must(n, "write");
		note(w->account, 0, n);
	}
	return NULL;
}

static void write_by_threads(struct account *a, int fd)
{
	struct writer w = {a, fd};
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		must(-pthread_create(&threads[i], NULL, write_rounds, &w), "pthread_create");
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void reader(struct account *a, const int *fds)
{
	close(fds[1]);
	read_all(a, fds[0]);
}

static void thread_writer(struct account *a, const int *fds)
{
	close(fds[0]);
	write_by_threads(a, fds[1]);
}

/* Children that write with several threads each, children that read: all through one pipe. */
static void pipe_way(struct account *a)
{
	int fds[2];

	must(pipe(fds), "pipe");
	for (int i = 0; i < CHILDREN; i++)
		child(a, thread_writer, fds);
	child(a, reader, fds);
	child(a, reader, fds);
	close(fds[0]);
	write_by_threads(a, fds[1]);
	close(fds[1]);
	await_all();
	tell(a);
}

/* One process, all calls that move something through a pipe. */
static void calls_way(struct account *a)
{
	static char data[64] = "data";
	struct iovec iov[2] = {{data, 10}, {data, 7}};
	char name[300], buffer[256];
	int in[2], out[2], file;

	snprintf(name, sizeof(name), "%s/calls", directory);
	file = open(name, O_CREAT | O_RDWR, 0600);
	must(file, name);
	must(write(file, data, sizeof(data)), "write");
	must(pipe2(in, O_CLOEXEC), "pipe2");
	must(pipe2(out, O_CLOEXEC | O_NONBLOCK), "pipe2");
	note(a, 0, writev(in[1], iov, 2));
	note(a, 0, vmsplice(in[1], iov, 1, 0));
	note(a, 0, pwritev2(in[1], iov, 1, -1, 0));
	note(a, 0, tee(in[0], out[1], 5, 0)); /* reads nothing from in */
	long n = splice(in[0], NULL, out[1], NULL, 8, 0);
	note(a, 1, n);
	note(a, 0, n);
	lseek(file, 0, SEEK_SET);
	note(a, 0, sendfile(in[1], file, NULL, 20));
	note(a, 1, readv(in[0], iov, 2));
	note(a, 1, preadv2(in[0], iov, 1, -1, 0));
	note(a, 1, read(in[0], buffer, sizeof(buffer)));
	note(a, 1, read(out[0], buffer, sizeof(buffer)));
	errno = 0;
	if (read(out[0], buffer, sizeof(buffer)) != -1 || errno != EAGAIN)
		_exit(1);
	int copy = dup(out[1]); /* the end is there as long as one of its descriptors is */
	close(out[1]);
	note(a, 0, write(copy, data, 3));
	close(copy);
	note(a, 1, read(out[0], buffer, sizeof(buffer)));
	close(out[0]);
	close(in[0]);
	close(in[1]);
	close(file);
	tell(a);
}

static void fifo_reader(struct account *a, const int *fds)
{
	char name[300];

	(void)fds;
	snprintf(name, sizeof(name), "%s/fifo", directory);
	int fd = open(name, O_RDONLY);

	must(fd, name);
	read_all(a, fd);
	close(fd);
}

static void fifo_way(struct account *a)
{
	char name[300];
	int fd;

	snprintf(name, sizeof(name), "%s/fifo", directory);
	must(mkfifo(name, 0600), name);
	child(a, fifo_reader, NULL);
	fd = open(name, O_WRONLY);
	must(fd, name);
	write_by_threads(a, fd);
	close(fd);
	await_all();
	tell(a);
}

static struct sockaddr_un unix_name(const char *name, socklen_t *ret_len)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (name[0] == '@') {
		memcpy(address.sun_path + 1, name + 1, strlen(name) - 1);
		*ret_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
	} else {
		snprintf(address.sun_path, sizeof(address.sun_path), "%.60s/%.30s", directory,
			 name);
		*ret_len = sizeof(address);
	}
	return address;
}

static const char *socket_at;
static int socket_type;

static void unix_client(struct account *a, const int *fds)
{
	socklen_t len;
	struct sockaddr_un address = unix_name(socket_at, &len);
	int fd = socket(AF_UNIX, socket_type, 0);
	char reply[16];

	close(fds[0]);
	must(connect(fd, (struct sockaddr *)&address, len), socket_at);
	write_by_threads(a, fd);
	must(shutdown(fd, SHUT_WR), "shutdown");
	ssize_t n = recv(fd, reply, sizeof(reply), 0);

	must(n, "recv");
	note(a, 1, n);
	close(fd);
}

static void serve(struct account *a, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	char buffer[4096];
	ssize_t n;

	must(fd, "accept");
	must(recv(fd, buffer, 1, MSG_PEEK), "peek"); /* takes nothing away */
	while ((n = recv(fd, buffer, sizeof(buffer), 0)) > 0)
		note(a, 1, n);
	note(a, 0, send(fd, "bye", 3, 0));
	close(fd);
}

static void unix_way(struct account *a, const char *name, int type)
{
	socklen_t len;
	struct sockaddr_un address;
	int listener = socket(AF_UNIX, type, 0);

	socket_at = name;
	socket_type = type;
	address = unix_name(name, &len);
	must(bind(listener, (struct sockaddr *)&address, len), name);
	must(listen(listener, 8), "listen");
	child(a, unix_client, &listener);
	child(a, unix_client, &listener);
	serve(a, listener);
	serve(a, listener);
	close(listener);
	await_all();
	tell(a);
}

static void stream_way(struct account *a)
{
	unix_way(a, "stream", SOCK_STREAM);
}

static void abstract_way(struct account *a)
{
	static char name[64];

	snprintf(name, sizeof(name), "@eunomia-ipc-%d", getpid());
	unix_way(a, name, SOCK_STREAM);
}

static void seqpacket_way(struct account *a)
{
	unix_way(a, "seqpacket", SOCK_SEQPACKET);
}

static void dgram_sender(struct account *a, const int *fds)
{
	socklen_t len;
	struct sockaddr_un address = unix_name("dgram", &len);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct iovec iov[3] = {{"one", 3}, {"three", 5}, {"", 0}};
	struct mmsghdr many[3] = {0};

	close(fds[0]);
	must(connect(fd, (struct sockaddr *)&address, len), "dgram");
	for (int i = 0; i < 3; i++)
		many[i].msg_hdr = (struct msghdr){.msg_iov = &iov[i], .msg_iovlen = 1};
	if (sendmmsg(fd, many, 3, 0) != 3)
		_exit(1);
	for (int i = 0; i < 3; i++)
		note(a, 0, many[i].msg_len);
	struct msghdr one = {.msg_iov = iov, .msg_iovlen = 2};

	note(a, 0, sendmsg(fd, &one, 0));
	note(a, 0, send(fd, "", 0, 0)); /* an empty datagram is one */
	close(fd);
}

static void dgram_way(struct account *a)
{
	socklen_t len;
	struct sockaddr_un address = unix_name("dgram", &len);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	char buffers[5][64];
	struct iovec iov[5];
	struct mmsghdr many[5] = {0};

	must(bind(fd, (struct sockaddr *)&address, len), "dgram");
	child(a, dgram_sender, &fd);
	for (int i = 0; i < 4; i++) {
		iov[i] = (struct iovec){buffers[i], sizeof(buffers[i])};
		many[i].msg_hdr = (struct msghdr){.msg_iov = &iov[i], .msg_iovlen = 1};
	}
	for (int got = 0; got < 4;) {
		int n = recvmmsg(fd, many, (unsigned int)(4 - got), MSG_WAITFORONE, NULL);

		must(n, "recvmmsg");
		for (int i = 0; i < n; i++)
			note(a, 1, many[i].msg_len);
		got += n;
	}
	struct msghdr one = {.msg_iov = iov, .msg_iovlen = 1};

	note(a, 1, recvmsg(fd, &one, 0));
	close(fd);
	await_all();
	tell(a);
}

static void pair_reader(struct account *a, const int *fds)
{
	close(fds[0]);
	read_all(a, fds[1]);
}

static void pair_way(struct account *a)
{
	int fds[2];

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), "socketpair");
	child(a, pair_reader, fds);
	close(fds[1]);
	write_by_threads(a, fds[0]);
	close(fds[0]);
	await_all();
	tell(a);
}

struct message {
	long type;
	char text[200];
};

static void msg_receiver(struct account *a, const int *fds)
{
	struct message m;

	for (int i = 0; i < 100; i++) {
		ssize_t n = msgrcv(fds[0], &m, sizeof(m.text), 0, 0);

		must(n, "msgrcv");
		note(a, 1, n);
	}
}

static void msg_way(struct account *a)
{
	struct message m = {.type = 1};
	int id = msgget(0x45550001, IPC_CREAT | IPC_EXCL | 0600);

	must(id, "msgget");
	child(a, msg_receiver, &id);
	for (int i = 0; i < 100; i++) {
		must(msgsnd(id, &m, (size_t)i, 0), "msgsnd");
		note(a, 0, i);
	}
	await_all();
	must(msgctl(id, IPC_RMID, NULL), "msgctl");
	tell(a);
}

static void sem_taker(struct account *a, const int *fds)
{
	struct sembuf take = {.sem_op = -1};

	for (int i = 0; i < 50; i++) {
		must(semop(fds[0], &take, 1), "semop");
		note(a, 1, 0);
	}
}

static void sem_way(struct account *a)
{
	struct sembuf give = {.sem_op = 1};
	int id = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);

	must(id, "semget");
	child(a, sem_taker, &id);
	for (int i = 0; i < 50; i++) {
		must(semop(id, &give, 1), "semop");
		note(a, 0, 0);
	}
	await_all();
	must(semctl(id, 0, IPC_RMID), "semctl");
	tell(a);
}

static void shm_user(struct account *a, const int *fds)
{
	(void)a;
	void *at = shmat(fds[0], NULL, 0);

	must(at == (void *)-1 ? -1 : 0, "shmat");
	must(shmdt(at), "shmdt");
}

/* No totals here: the lines are the ids that are attached. */
static void shm_way(struct account *a)
{
	int id = shmget(0x45550002, 8192, IPC_CREAT | IPC_EXCL | 0640);

	must(id, "shmget");
	child(a, shm_user, &id);
	await_all();
	shm_user(a, &id);
	must(shmctl(id, IPC_RMID, NULL), "shmctl");
	printf("shm %d id %d 8192\n", getpid(), id);
	fflush(stdout);
}

static char queue_name[64];

static void mq_receiver(struct account *a, const int *fds)
{
	char buffer[128];
	mqd_t mq = mq_open(queue_name, O_RDONLY);

	(void)fds;
	must(mq, queue_name);
	for (int i = 0; i < 60; i++) {
		ssize_t n = mq_receive(mq, buffer, sizeof(buffer), NULL);

		must(n, "mq_receive");
		note(a, 1, n);
	}
	mq_close(mq);
}

static void mq_way(struct account *a)
{
	struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 128};
	char data[128] = {0};
	mqd_t mq;

	snprintf(queue_name, sizeof(queue_name), "/eunomia-ipc-%d", getpid());
	mq = mq_open(queue_name, O_CREAT | O_EXCL | O_WRONLY, 0600, &attr);
	must(mq, queue_name);
	child(a, mq_receiver, NULL);
	for (int i = 0; i < 60; i++) {
		must(mq_send(mq, data, (size_t)i, 0), "mq_send");
		note(a, 0, i);
	}
	mq_close(mq);
	await_all();
	mq_unlink(queue_name);
	tell(a);
}

static void posix_shm_way(struct account *a)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "/eunomia-ipc-%d", getpid());
	fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
	must(fd, name);
	close(fd);
	shm_unlink(name);
	printf("posix_shm %d path /dev/shm%s 0\n", getpid(), name);
	fflush(stdout);
	(void)a;
}

static const struct way {
	const char *label;
	void (*fn)(struct account *);
} ways[] = {
    {"pipe", pipe_way},
    {"calls", calls_way},
    {"fifo", fifo_way},
    {"stream", stream_way},
    {"abstract", abstract_way},
    {"seqpacket", seqpacket_way},
    {"dgram", dgram_way},
    {"pair", pair_way},
    {"msg", msg_way},
    {"sem", sem_way},
    {"shm", shm_way},
    {"mq", mq_way},
    {"posix_shm", posix_shm_way},
};

static int wanted(const char *label, int argc, char **argv)
{
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], label) == 0)
			return 1;
	}
	return argc <= 2;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	directory = argv[1];
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (!wanted(ways[i].label, argc, argv))
			continue;
		/* Each way in a process of its own, so that its account is that of one pid. */
		pid_t pid = fork();

		must(pid, "fork");
		if (pid == 0) {
			struct account account = {.label = ways[i].label};

			ways[i].fn(&account);
			_exit(0);
		}
		int status;

		must(waitpid(pid, &status, 0), "waitpid");
		if (status != 0) {
			fprintf(stderr, "%s: status %d\n", ways[i].label, status);
			return 1;
		}
	}
	return 0;
}
