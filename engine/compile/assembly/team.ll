; A team of threads that share the parts of a kernel's work.
;
; Who has work to divide writes it down, opens it, does parts of it as everybody does, closes it, and waits for those who
; are still at a part. Nobody waits for a thread that has not turned up: where others keep the processors busy, the one
; that has the work does all of it. Each begins with a share of its own, which is the same from kernel to kernel and so
; in its cache, and then helps with those of others.

@team_busy = internal global i32 0, align 64    ; one at a time has work to divide; others meanwhile do theirs alone
; how often work was opened << 32 | whether it is open << 31 | for how many << 16 | how many others are at it
@team_state = internal global i64 0, align 64
@team_function = internal global ptr null, align 64
@team_row = internal global ptr null
@team_count = internal global i64 0
@team_failed = internal global i32 0
@team_next = internal global [64 x [8 x i64]] zeroinitializer, align 64 ; of each share the next part,
@team_last = internal global [64 x [8 x i64]] zeroinitializer, align 64 ; and the one after the last
@team_asleep = internal global i32 0, align 64  ; how many sleep,
@team_bell = internal global i32 0, align 64    ; until this changes

; Calls function(row, part, worker) for each part; returns zero, or what one that failed returned. The worker is the
; number of a thread that must not divide its work further, or, with a minus sign, among how many to divide it.
define i32 @trenza_divide(ptr %function, ptr %row, i64 %parts, i64 %worker) {
start:
  %is_worker = icmp sge i64 %worker, 0
  %own = select i1 %is_worker, i64 %worker, i64 0
  %size = sub i64 0, %worker
  %fewer = icmp ult i64 %parts, %size
  %count = select i1 %fewer, i64 %parts, i64 %size
  %is_one = icmp ule i64 %count, 1
  %is_alone = or i1 %is_worker, %is_one
  br i1 %is_alone, label %alone, label %ask
ask:
  %asked = cmpxchg ptr @team_busy, i32 0, i32 1 acquire monotonic
  %is_granted = extractvalue { i32, i1 } %asked, 1
  br i1 %is_granted, label %share, label %alone

alone:
  %is_none = icmp sle i64 %parts, 0
  br i1 %is_none, label %well, label %each
each:
  %part = phi i64 [0, %alone], [%following, %worked]
  %status = call i32 %function(ptr %row, i64 %part, i64 %own)
  %is_bad = icmp ne i32 %status, 0
  br i1 %is_bad, label %bad, label %worked
worked:
  %following = add i64 %part, 1
  %is_more = icmp slt i64 %following, %parts
  br i1 %is_more, label %each, label %well
well:
  ret i32 0
bad:
  ret i32 %status

share:
  %number = phi i64 [0, %ask], [%next_number, %share]
  %next_number = add i64 %number, 1
  %first_product = mul i64 %number, %parts
  %first = udiv i64 %first_product, %count
  %last_product = mul i64 %next_number, %parts
  %last = udiv i64 %last_product, %count
  %next_at = getelementptr [64 x [8 x i64]], ptr @team_next, i64 0, i64 %number, i64 0
  %last_at = getelementptr [64 x [8 x i64]], ptr @team_last, i64 0, i64 %number, i64 0
  store i64 %first, ptr %next_at
  store i64 %last, ptr %last_at
  %is_another = icmp ult i64 %next_number, %count
  br i1 %is_another, label %share, label %open
open:
  store ptr %function, ptr @team_function
  store ptr %row, ptr @team_row
  store i64 %count, ptr @team_count
  store i32 0, ptr @team_failed
  %state = load atomic i64, ptr @team_state monotonic, align 64
  %times = lshr i64 %state, 32
  %more_times = add i64 %times, 1
  %counted = shl i64 %more_times, 32
  %wanted = shl i64 %count, 16
  %for_many = or i64 %counted, %wanted
  %opened = or i64 %for_many, 2147483648
  store atomic i64 %opened, ptr @team_state seq_cst, align 64
  %sleeping = load atomic i32, ptr @team_asleep seq_cst, align 64
  %is_asleep = icmp ne i32 %sleeping, 0
  br i1 %is_asleep, label %ring, label %work
ring:
  %rung = atomicrmw add ptr @team_bell, i32 1 seq_cst
  call void @wake(ptr @team_bell)
  br label %work
work:
  call void @team_work(i64 0)
  %closed = atomicrmw and ptr @team_state, i64 -2147483649 acq_rel
  br label %wait
wait:
  %turn = phi i32 [0, %work], [%next_turn, %pause], [%next_turn, %rest]
  %now = load atomic i64, ptr @team_state acquire, align 64
  %at_it = and i64 %now, 65535
  %is_done = icmp eq i64 %at_it, 0
  br i1 %is_done, label %done, label %wait_on
wait_on:
  %next_turn = add i32 %turn, 1
  %is_long = icmp ugt i32 %next_turn, 1000
  br i1 %is_long, label %rest, label %pause
pause:
  call void @pause()
  br label %wait
rest:
  call void @yield()
  br label %wait
done:
  %failed = load atomic i32, ptr @team_failed monotonic, align 4
  store atomic i32 0, ptr @team_busy release, align 64
  ret i32 %failed
}

; Does parts as long as there are any: first those of its own share.
define internal void @team_work(i64 %worker) {
start:
  %count = load i64, ptr @team_count
  %function = load ptr, ptr @team_function
  %row = load ptr, ptr @team_row
  br label %share
share:
  %turn = phi i64 [0, %start], [%next_turn, %empty]
  %sum = add i64 %worker, %turn
  %owner = urem i64 %sum, %count
  %next_at = getelementptr [64 x [8 x i64]], ptr @team_next, i64 0, i64 %owner, i64 0
  %last_at = getelementptr [64 x [8 x i64]], ptr @team_last, i64 0, i64 %owner, i64 0
  %last = load i64, ptr %last_at
  br label %look
look:
  %part = atomicrmw add ptr %next_at, i64 1 monotonic
  %is_there = icmp ult i64 %part, %last
  br i1 %is_there, label %do, label %empty
do:
  %status = call i32 %function(ptr %row, i64 %part, i64 %worker)
  %is_bad = icmp ne i32 %status, 0
  br i1 %is_bad, label %bad, label %look
bad:
  store atomic i32 %status, ptr @team_failed monotonic, align 4
  br label %look
empty:
  %next_turn = add i64 %turn, 1
  %is_more = icmp ult i64 %next_turn, %count
  br i1 %is_more, label %share, label %done
done:
  ret void
}

; What a thread of the team does, for good: help with each work that is opened. In between it looks out for a while, and
; then sleeps.
define void @team_serve(i64 %worker, i32 %patience) {
start:
  %word = call i32 @exchange(i32 FLUSH)
  br label %look
look:
  %seen = phi i64 [0, %start], [%seen, %out], [%seen, %slept], [%seen, %risen], [%seen, %late], [%times, %leave]
  %turn = phi i32 [0, %start], [%next_turn, %out], [0, %slept], [0, %risen], [%turn, %late], [0, %leave]
  %state = load atomic i64, ptr @team_state acquire, align 64
  %times = lshr i64 %state, 32
  %is_new = icmp ne i64 %times, %seen
  %flag = and i64 %state, 2147483648
  %is_open = icmp ne i64 %flag, 0
  %is_work = and i1 %is_new, %is_open
  %shifted = lshr i64 %state, 16
  %count = and i64 %shifted, 32767
  %is_wanted = icmp ult i64 %worker, %count
  %is_ours = and i1 %is_work, %is_wanted
  br i1 %is_ours, label %join, label %idle
join:
  %more = add i64 %state, 1
  %joined = cmpxchg ptr @team_state, i64 %state, i64 %more acq_rel monotonic
  %is_in = extractvalue { i64, i1 } %joined, 1
  br i1 %is_in, label %leave, label %late
late:
  call void @pause()
  br label %look
leave:
  call void @team_work(i64 %worker)
  %left = atomicrmw sub ptr @team_state, i64 1 acq_rel
  br label %look
idle:
  %next_turn = add i32 %turn, 1
  %is_long = icmp ugt i32 %next_turn, %patience
  br i1 %is_long, label %lie, label %out
out:
  call void @pause()
  br label %look
lie:
  %one_more = atomicrmw add ptr @team_asleep, i32 1 seq_cst
  %bell = load atomic i32, ptr @team_bell seq_cst, align 64
  %last_state = load atomic i64, ptr @team_state seq_cst, align 64
  %is_same = icmp eq i64 %last_state, %state
  br i1 %is_same, label %sleep, label %risen
sleep:
  call void @wait(ptr @team_bell, i32 %bell)
  br label %slept
slept:
  %one_less = atomicrmw sub ptr @team_asleep, i32 1 seq_cst
  br label %look
risen:
  %one_up = atomicrmw sub ptr @team_asleep, i32 1 seq_cst
  br label %look
}
